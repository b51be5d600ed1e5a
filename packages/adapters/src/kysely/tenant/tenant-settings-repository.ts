import type { TenantSettings, TenantSettingsRepository } from '@corbel/core/tenant/ports'
import type { Selectable } from 'kysely'
import { jsonb } from '../json.ts'
import type { TenantDb } from '../scoped-db.ts'
import type { TenantTables } from './tables.ts'

export const kyselyTenantSettingsRepository = (db: TenantDb): TenantSettingsRepository => ({
  async insert(tenantId, { billingContacts, flags, version }) {
    await db
      .forTenant(tenantId)
      .insertInto('corbel_tenant_settings')
      .values({ tenant_id: tenantId, billing_contacts: jsonb(billingContacts), flags: jsonb(flags), version })
      .execute()
  },

  async find(tenantId) {
    const row = await db
      .forTenant(tenantId)
      .selectFrom('corbel_tenant_settings')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .executeTakeFirst()
    return row ? toSettings(row) : null
  },

  async replace(tenantId, { billingContacts, flags }, expected) {
    const row = await db
      .forTenant(tenantId)
      .updateTable('corbel_tenant_settings')
      .set({ billing_contacts: jsonb(billingContacts), flags: jsonb(flags), version: expected + 1 })
      .where('tenant_id', '=', tenantId)
      .where('version', '=', expected)
      .returningAll()
      .executeTakeFirst()
    return row ? toSettings(row) : null
  },
})

const toSettings = (row: Selectable<TenantTables['corbel_tenant_settings']>): TenantSettings => ({
  billingContacts: row.billing_contacts,
  flags: row.flags,
  version: row.version,
})
