import type { ApiKeyQuery, ApiKeyRecord, ApiKeyRepository } from '@corbel/auth/ports'
import type { Clock, Id } from '@corbel/core/ports'
import type { Role } from '@corbel/core/tenant/ports'
import { CompiledQuery, type RawBuilder, type Selectable, sql } from 'kysely'
import { insertEvents } from '../platform/event-recorder.ts'
import type { TenantDb } from '../scoped-db.ts'
import type { AuthTables } from './tables.ts'

type Row = Omit<Selectable<AuthTables['corbel_api_keys']>, 'digest'>

interface UsableRow {
  readonly tenant_id: Id<'ten'>
  readonly scopes: string[]
  readonly last_used_at: Date | null
  readonly role: Role | null
  readonly role_scopes: string[] | null
}

// For every request that presents a key.
const findUsable = `
  select k.tenant_id, k.scopes, k.last_used_at, m.role, m.scopes as role_scopes
  from corbel_api_keys k
  left join corbel_memberships m on m.tenant_id = k.tenant_id and m.user_id = k.user_id
  where k.id = $1 and k.digest = $2 and k.revoked_at is null and k.expires_at > $3
    and (k.user_id is null or (m.role is not null and exists (
      select from corbel_users u where u.id = k.user_id and u.disabled_at is null)))`

export const kyselyApiKeyRepository = (db: TenantDb, clock: Clock): ApiKeyRepository => ({
  async insert(key, digest, events) {
    const { rows } = await sql`
      with inserted as (
        insert into corbel_api_keys (id, tenant_id, name, user_id, account, fingerprint, reason, scopes, digest, created_at,
          expires_at, last_used_at, revoked_at)
        select ${key.id}, t.id, ${key.name}, ${key.userId}, ${key.account}, ${key.fingerprint}, ${key.reason},
          ${[...key.scopes]}::text[], ${digest}, ${key.createdAt}::timestamptz, ${key.expiresAt}::timestamptz,
          ${key.lastUsedAt}::timestamptz, ${key.revokedAt}::timestamptz
        from corbel_tenants t where t.id = ${key.tenantId}
        returning id
      ), recorded as (${insertEvents(clock, events, sql`exists (select from inserted)`)})
      select id from inserted`.execute(db.forTenant(key.tenantId))
    return rows.length > 0
  },

  async findUsable(id, digest, now) {
    const { rows } = await db
      .platform('apiKeys.findUsable')
      .executeQuery(CompiledQuery.raw(findUsable, [id, digest, now]) as CompiledQuery<UsableRow>)
    const [row] = rows
    if (!row) return null
    return {
      tenantId: row.tenant_id,
      scopes: row.scopes,
      lastUsedAt: row.last_used_at,
      grant: row.role && { role: row.role, scopes: row.role_scopes },
    }
  },

  async list(tenantId, query, now, { limit, after }) {
    const { rows } = await sql<Row>`
      select id, tenant_id, name, user_id, account, fingerprint, reason, scopes, created_at, expires_at, last_used_at, revoked_at
      from corbel_api_keys
      where tenant_id = ${tenantId} and ${which(query)} and ${statusOf(query, now)}
        ${after === null ? sql`` : sql`and id < ${after}`}
      order by id desc limit ${limit + 1}`.execute(db.forTenant(tenantId))
    return rows.map(toRecord)
  },

  async revoke(tenantId, id, query, now, events) {
    const { rows } = await sql`
      with ended as (
        update corbel_api_keys set revoked_at = ${now}::timestamptz
        where tenant_id = ${tenantId} and id = ${id} and revoked_at is null and ${which(query)} returning id
      ), recorded as (${insertEvents(clock, events, sql`exists (select from ended)`)})
      select id from ended`.execute(db.forTenant(tenantId))
    return rows.length > 0
  },

  async touch(tenantId, id, now) {
    await db
      .forTenant(tenantId)
      .updateTable('corbel_api_keys')
      .set({ last_used_at: now })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .where((is) => is.or([is('last_used_at', 'is', null), is('last_used_at', '<', now)]))
      .execute()
  },

  async purge(time) {
    const { numDeletedRows } = await db
      .platform('apiKeys.purge')
      .deleteFrom('corbel_api_keys')
      .where((is) => is.or([is('expires_at', '<', time), is('revoked_at', '<', time)]))
      .executeTakeFirstOrThrow()
    return Number(numDeletedRows)
  },
})

function which({ of, userId, account, fingerprint }: Omit<ApiKeyQuery, 'status'>): RawBuilder<unknown> {
  const conditions = [
    of === 'people' ? sql`user_id is not null` : sql`account is not null`,
    ...(userId === undefined ? [] : [sql`user_id = ${userId}`]),
    ...(account === undefined ? [] : [sql`strpos(account, ${account}) > 0`]),
    ...(fingerprint === undefined ? [] : [sql`fingerprint = ${fingerprint}`]),
  ]
  return sql.join(conditions, sql` and `)
}

function statusOf({ status }: ApiKeyQuery, now: Date): RawBuilder<unknown> {
  if (status === 'all') return sql`true`
  return status === 'revoked'
    ? sql`revoked_at is not null`
    : sql`revoked_at is null and expires_at > ${now}::timestamptz`
}

const toRecord = (row: Row): ApiKeyRecord => ({
  id: row.id,
  tenantId: row.tenant_id,
  name: row.name,
  userId: row.user_id,
  account: row.account,
  fingerprint: row.fingerprint,
  reason: row.reason,
  scopes: row.scopes,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  lastUsedAt: row.last_used_at,
  revokedAt: row.revoked_at,
})
