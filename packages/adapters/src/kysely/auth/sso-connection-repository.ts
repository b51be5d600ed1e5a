import type { SsoConnectionRecord, SsoConnectionRepository } from '@corbel/auth/ports'
import type { Clock, Id } from '@corbel/core/ports'
import { type Selectable, sql } from 'kysely'
import { insertEvents } from '../platform/event-recorder.ts'
import type { ScopedDb, TenantDb } from '../scoped-db.ts'
import type { AuthTables } from './tables.ts'

type Row = Selectable<AuthTables['corbel_sso_connections']>

export function kyselySsoConnectionRepository(db: TenantDb, clock: Clock): SsoConnectionRepository {
  const of = (tenantId: Id<'ten'> | null): ScopedDb =>
    tenantId === null ? db.platform('ssoConnections.ofPlatform') : db.forTenant(tenantId)
  const isOf = (tenantId: Id<'ten'> | null) =>
    tenantId === null ? sql<boolean>`tenant_id is null` : sql<boolean>`tenant_id = ${tenantId}`

  return {
    async insert(connection, events) {
      const { id, tenantId, createdAt, version } = connection
      await of(tenantId)
        .with('recorded', () => sql`(${insertEvents(clock, events)})`)
        .insertInto('corbel_sso_connections')
        .values({
          ...toColumns(connection),
          id,
          tenant_id: tenantId,
          preset: connection.preset,
          issuer: connection.issuer,
          created_at: createdAt,
          version,
        })
        .execute()
    },

    async find(id) {
      const row = await db
        .platform('ssoConnections.find')
        .selectFrom('corbel_sso_connections')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirst()
      return row ? toRecord(row) : null
    },

    async findOwn(tenantId, id) {
      const row = await of(tenantId)
        .selectFrom('corbel_sso_connections')
        .selectAll()
        .where(isOf(tenantId))
        .where('id', '=', id)
        .executeTakeFirst()
      return row ? toRecord(row) : null
    },

    async list(tenantId, { limit, after }) {
      const rows = await of(tenantId)
        .selectFrom('corbel_sso_connections')
        .selectAll()
        .where(isOf(tenantId))
        .$if(after !== null, (query) => query.where('id', '<', after as Row['id']))
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute()
      return rows.map(toRecord)
    },

    async listOffered({ tenant = null, domain = null }) {
      const { rows } = await sql<Row>`
        select c.* from corbel_sso_connections c
        where c.enabled and (c.tenant_id is null
          or c.tenant_id = (select t.id from corbel_tenants t where t.slug = ${tenant}::text)
          or (${domain}::text = any (c.domains) and exists (
            select from corbel_sso_domains d where d.tenant_id = c.tenant_id and d.domain = ${domain}::text)))
        order by c.id`.execute(db.platform('ssoConnections.listOffered'))
      return rows.map(toRecord)
    },

    async replace(connection, events) {
      const { id, tenantId, version } = connection
      const columns = toColumns(connection)
      const { rows } = await sql<Row>`
        with changed as (
          update corbel_sso_connections set (${sql.join(Object.keys(columns).map((name) => sql.ref(name)))}, version)
            = (${sql.join(Object.values(columns))}, version + 1)
          where ${isOf(tenantId)} and id = ${id} and version = ${version} returning *
        ), recorded as (${insertEvents(clock, events, sql`exists (select from changed)`)})
        select * from changed`.execute(of(tenantId))
      return rows[0] ? toRecord(rows[0]) : null
    },

    async remove(tenantId, id, events) {
      const { rows } = await sql`
        with removed as (
          delete from corbel_sso_connections where ${isOf(tenantId)} and id = ${id} returning id
        ), recorded as (${insertEvents(clock, events, sql`exists (select from removed)`)})
        select id from removed`.execute(of(tenantId))
      return rows.length > 0
    },
  }
}

/** What can change. */
const toColumns = (connection: SsoConnectionRecord) => ({
  name: connection.name,
  client_id: connection.clientId,
  client_secret: connection.clientSecret,
  token_auth_method: connection.tokenAuthMethod,
  scopes: [...connection.scopes],
  enabled: connection.enabled,
  provisioning: connection.provisioning,
  domains: [...connection.domains],
  role: connection.role,
  two_factor_methods: [...connection.twoFactorMethods],
})

const toRecord = (row: Row): SsoConnectionRecord => ({
  id: row.id,
  tenantId: row.tenant_id,
  name: row.name,
  preset: row.preset,
  issuer: row.issuer,
  clientId: row.client_id,
  clientSecret: row.client_secret,
  tokenAuthMethod: row.token_auth_method,
  scopes: row.scopes,
  enabled: row.enabled,
  provisioning: row.provisioning,
  domains: row.domains,
  role: row.role,
  twoFactorMethods: row.two_factor_methods,
  createdAt: row.created_at,
  version: row.version,
})
