import type { FileId, FileRepository, StoredFile } from '@corbel/agents/ports'
import { type RawBuilder, type Selectable, sql } from 'kysely'
import type { TenantDb } from '../scoped-db.ts'
import type { AgentFileTables } from './file-tables.ts'

type Row = Omit<Selectable<AgentFileTables['corbel_agent_files']>, 'complete'>

export const kyselyFileRepository = (db: TenantDb): FileRepository => ({
  async reserve(file, quota) {
    const { tenantId, id, userId, name, contentType, size, sha256, conversationId, createdAt } = file
    // The row of the tenant is locked by the update, which sees what was committed meanwhile.
    const { rows } = await sql`
      with room as (
        insert into corbel_agent_file_usage as u (tenant_id, bytes)
        select ${tenantId}, ${size}::bigint where ${size}::bigint <= ${quota}::bigint
        on conflict (tenant_id) do update set bytes = u.bytes + excluded.bytes
        where u.bytes + excluded.bytes <= ${quota}::bigint
        returning tenant_id
      )
      insert into corbel_agent_files (tenant_id, id, user_id, name, content_type, size, sha256, conversation_id,
        created_at)
      select tenant_id, ${id}, ${userId}, ${name}, ${contentType}, ${size}::bigint, ${sha256},
        ${conversationId}, ${createdAt}::timestamptz from room
      returning id`.execute(db.forTenant(tenantId))
    return rows.length > 0
  },

  async complete(tenantId, id) {
    const { numUpdatedRows } = await db
      .forTenant(tenantId)
      .updateTable('corbel_agent_files')
      .set({ complete: true })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .where('complete', '=', false)
      .executeTakeFirstOrThrow()
    return numUpdatedRows > 0n
  },

  async abandon(tenantId, id) {
    const which = sql`tenant_id = ${tenantId} and id = ${id} and not complete`
    return (await removed(db.forTenant(tenantId), which)) > 0
  },

  async findAll({ tenantId, userId }, ids) {
    const rows = await db
      .forTenant(tenantId)
      .selectFrom('corbel_agent_files')
      .select(columns)
      .where('tenant_id', '=', tenantId)
      .where(sql<boolean>`id = any(${[...ids]}::text[])`)
      .where('complete', '=', true)
      .where(
        sql<boolean>`case when conversation_id is null then user_id = ${userId} else ${conversationIsThere(
          sql`(corbel_agent_files.user_id = ${userId} or c.shared or c.user_id = ${userId})`,
        )} end`,
      )
      .execute()
    return rows.map(toFile)
  },

  async list({ tenantId, userId }, { limit, after }) {
    const rows = await db
      .forTenant(tenantId)
      .selectFrom('corbel_agent_files')
      .select(columns)
      .where('tenant_id', '=', tenantId)
      .where('user_id', '=', userId)
      .where('complete', '=', true)
      .where(sql<boolean>`(conversation_id is null or ${conversationIsThere()})`)
      .$if(after !== null, (query) => query.where(sql<boolean>`id < ${after}`))
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute()
    return rows.map(toFile)
  },

  async remove({ tenantId, userId }, id) {
    const which = sql`tenant_id = ${tenantId} and id = ${id} and user_id = ${userId} and complete
      and (conversation_id is null or ${conversationIsThere()})`
    return (await removed(db.forTenant(tenantId), which)) > 0
  },

  async listOfUser(userId, { limit, after }) {
    const rows = await db
      .platform('files.listOfUser')
      .selectFrom('corbel_agent_files')
      .select(columns)
      .where('user_id', '=', userId)
      .$if(after !== null, (query) => query.where(sql<boolean>`id > ${after}`))
      .orderBy('id')
      .limit(limit + 1)
      .execute()
    return rows.map(toFile)
  },

  removeOfUser: (userId) => removed(db.platform('files.removeOfUser'), sql`user_id = ${userId}`),

  removeForsaken: (since, limit) =>
    removed(
      db.platform('files.removeForsaken'),
      sql`(tenant_id, id) in (
        select tenant_id, id from corbel_agent_files
        where (not complete and created_at < ${since}::timestamptz)
          or (complete and conversation_id is not null and not ${conversationIsThere()})
        order by created_at limit ${limit}::integer for update skip locked
      )`,
    ),

  async listKnown(ids) {
    if (ids.length === 0) return []
    const rows = await db
      .platform('files.listKnown')
      .selectFrom('corbel_agent_files')
      .select('id')
      .where(sql<boolean>`id = any(${[...ids]}::text[])`)
      .execute()
    return rows.map(({ id }) => id)
  },
})

/** Whether the conversation that a file is of is there, and what else is asked of it. */
const conversationIsThere = (and: RawBuilder<unknown> = sql`true`) => sql`exists (
  select from corbel_conversations c
  where c.tenant_id = corbel_agent_files.tenant_id and c.id = corbel_agent_files.conversation_id and ${and}
)`

/** Removes files and takes what they had from the count of their tenants; returns how many there were. */
async function removed(
  db: Parameters<RawBuilder<unknown>['execute']>[0],
  which: RawBuilder<unknown>,
): Promise<number> {
  const { rows } = await sql<{ readonly files: number }>`
    with gone as (
      delete from corbel_agent_files where ${which} returning tenant_id, size
    ), freed as (
      update corbel_agent_file_usage u set bytes = u.bytes - g.bytes
      from (select tenant_id, sum(size)::bigint as bytes from gone group by tenant_id) g
      where u.tenant_id = g.tenant_id
    )
    select count(*)::integer as files from gone`.execute(db)
  return rows[0]?.files ?? 0
}

const columns = [
  'tenant_id',
  'id',
  'user_id',
  'name',
  'content_type',
  'size',
  'sha256',
  'conversation_id',
  'created_at',
] as const satisfies readonly (keyof Row)[]

const toFile = (row: Row): StoredFile => ({
  tenantId: row.tenant_id,
  id: row.id satisfies FileId,
  userId: row.user_id,
  name: row.name,
  contentType: row.content_type,
  size: Number(row.size),
  sha256: row.sha256,
  conversationId: row.conversation_id,
  createdAt: row.created_at,
})
