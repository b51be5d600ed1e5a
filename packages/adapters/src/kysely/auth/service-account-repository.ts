import { AuthErrors, type ServiceAccountRecord, type ServiceAccountRepository } from '@corbel/auth/ports'
import type { Clock, Id } from '@corbel/core/ports'
import { CompiledQuery, type Selectable, sql } from 'kysely'
import { insertEvents } from '../platform/event-recorder.ts'
import type { TenantDb } from '../scoped-db.ts'
import { onUniqueViolation } from '../violations.ts'
import type { AuthTables } from './tables.ts'

type Row = Selectable<AuthTables['corbel_service_accounts']>

// For every token that a client asks for.
const findClient = 'select * from corbel_service_accounts where id = $1 and revoked_at is null'

// For every request of a service account where revocation is to be seen at once.
const findLive = `
  select 1 from corbel_service_accounts where tenant_id = $1 and id = $2 and revoked_at is null
    and not exists (select from corbel_revoked_access_tokens t where t.tenant_id = $1 and t.id = $3)`

const listRevokedSince = `
  select id, revoked_at from corbel_service_accounts where revoked_at >= $1
  union all select id, revoked_at from corbel_revoked_access_tokens where revoked_at >= $1
  order by revoked_at`

export const kyselyServiceAccountRepository = (db: TenantDb, clock: Clock): ServiceAccountRepository => ({
  async insert(account, events) {
    const { id, tenantId, name, scopes, secretDigest, publicKey, createdBy, createdAt } = account
    const inserted = db
      .forTenant(tenantId)
      .with('recorded', () => sql`(${insertEvents(clock, events)})`)
      .insertInto('corbel_service_accounts')
      .values({
        id,
        tenant_id: tenantId,
        name,
        scopes: [...scopes],
        secret_digest: secretDigest,
        public_key: publicKey === null ? null : (JSON.stringify(publicKey) as never),
        created_by: createdBy,
        created_at: createdAt,
        revoked_at: null,
      })
      .execute()
    await onUniqueViolation('corbel_service_accounts_name_key', inserted, AuthErrors.serviceAccountNameTaken)
  },

  async findClient(id) {
    const { rows } = await db
      .platform('serviceAccounts.findClient')
      .executeQuery(CompiledQuery.raw(findClient, [id]) as CompiledQuery<Row>)
    return rows[0] ? toRecord(rows[0]) : null
  },

  async list(tenantId, { limit, after }) {
    const rows = await db
      .forTenant(tenantId)
      .selectFrom('corbel_service_accounts')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('revoked_at', 'is', null)
      .$if(after !== null, (query) => query.where('id', '<', after as Row['id']))
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute()
    return rows.map(toRecord)
  },

  async revoke(tenantId, id, now, events) {
    const { rows } = await sql`
      with ended as (
        update corbel_service_accounts set revoked_at = ${now}::timestamptz
        where tenant_id = ${tenantId} and id = ${id} and revoked_at is null returning id
      ), recorded as (${insertEvents(clock, events, sql`exists (select from ended)`)})
      select id from ended`.execute(db.forTenant(tenantId))
    return rows.length > 0
  },

  async revokeAccessToken(tenantId, id, now, events) {
    const { rows } = await sql`
      with ended as (
        insert into corbel_revoked_access_tokens (id, tenant_id, revoked_at)
        values (${id}, ${tenantId}, ${now}::timestamptz) on conflict (id) do nothing returning id
      ), recorded as (${insertEvents(clock, events, sql`exists (select from ended)`)})
      select id from ended`.execute(db.forTenant(tenantId))
    return rows.length > 0
  },

  async isLive(tenantId, id, token) {
    const { rows } = await db
      .forTenant(tenantId)
      .executeQuery(CompiledQuery.raw(findLive, [tenantId, id, token]))
    return rows.length > 0
  },

  async listRevokedSince(since) {
    const { rows } = await db
      .platform('serviceAccounts.listRevokedSince')
      .executeQuery(
        CompiledQuery.raw(listRevokedSince, [since]) as CompiledQuery<{ id: Id; revoked_at: Date }>,
      )
    return rows.map(({ id, revoked_at }) => ({ id, revokedAt: revoked_at }))
  },

  async purge(time) {
    const { rows } = await sql<{ readonly count: number }>`
      with accounts as (
        delete from corbel_service_accounts where revoked_at < ${time}::timestamptz returning id
      ), tokens as (
        delete from corbel_revoked_access_tokens where revoked_at < ${time}::timestamptz returning id
      )
      select ((select count(*) from accounts) + (select count(*) from tokens))::int as count`.execute(
      db.platform('serviceAccounts.purge'),
    )
    return rows[0]?.count ?? 0
  },
})

const toRecord = (row: Row): ServiceAccountRecord => ({
  id: row.id,
  tenantId: row.tenant_id,
  name: row.name,
  scopes: row.scopes,
  secretDigest: row.secret_digest,
  publicKey: row.public_key,
  createdBy: row.created_by,
  createdAt: row.created_at,
})
