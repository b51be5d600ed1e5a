import type { SsoDomainRepository } from '@corbel/auth/ports'
import type { Clock } from '@corbel/core/ports'
import { sql } from 'kysely'
import { insertEvents } from '../platform/event-recorder.ts'
import type { TenantDb } from '../scoped-db.ts'

export const kyselySsoDomainRepository = (db: TenantDb, clock: Clock): SsoDomainRepository => ({
  async insert(tenantId, { domain, verifiedAt }, events) {
    await sql`
      with proved as (
        insert into corbel_sso_domains (tenant_id, domain, verified_at)
        values (${tenantId}, ${domain}, ${verifiedAt}::timestamptz)
        on conflict on constraint corbel_sso_domains_pkey do nothing returning domain
      ), recorded as (${insertEvents(clock, events, sql`exists (select from proved)`)})
      select domain from proved`.execute(db.forTenant(tenantId))
  },

  async list(tenantId) {
    const rows = await db
      .forTenant(tenantId)
      .selectFrom('corbel_sso_domains')
      .select(['domain', 'verified_at'])
      .where('tenant_id', '=', tenantId)
      .orderBy('domain')
      .execute()
    return rows.map(({ domain, verified_at }) => ({ domain, verifiedAt: verified_at }))
  },

  async remove(tenantId, domain, events) {
    const { rows } = await sql`
      with removed as (
        delete from corbel_sso_domains where tenant_id = ${tenantId} and domain = ${domain} returning domain
      ), recorded as (${insertEvents(clock, events, sql`exists (select from removed)`)})
      select domain from removed`.execute(db.forTenant(tenantId))
    return rows.length > 0
  },
})
