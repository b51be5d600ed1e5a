import {
  ProviderSettingErrors,
  type ProviderSettingRepository,
  type StoredProviderSetting,
} from '@corbel/agents/ports'
import { type Selectable, sql } from 'kysely'
import type { TenantDb } from '../scoped-db.ts'
import { onUniqueViolation } from '../violations.ts'
import type { AgentsTables } from './tables.ts'

type Row = Selectable<AgentsTables['corbel_provider_settings']>

export const kyselyProviderSettingRepository = (db: TenantDb): ProviderSettingRepository => ({
  async insert(setting) {
    const { tenantId, id, provider, version, createdAt } = setting
    const insertion = db
      .forTenant(tenantId)
      .insertInto('corbel_provider_settings')
      .values({ tenant_id: tenantId, id, provider, version, created_at: createdAt, ...columnsOf(setting) })
      .execute()
    await onUniqueViolation('corbel_provider_settings_provider_key', insertion, () =>
      ProviderSettingErrors.duplicate(),
    )
  },

  async find(tenantId, id) {
    const row = await db
      .forTenant(tenantId)
      .selectFrom('corbel_provider_settings')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .executeTakeFirst()
    return row ? toSetting(row) : null
  },

  async list(tenantId) {
    const rows = await db
      .forTenant(tenantId)
      .selectFrom('corbel_provider_settings')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .orderBy('id')
      .execute()
    return rows.map(toSetting)
  },

  async replace(setting) {
    const { tenantId, id, version } = setting
    const { numUpdatedRows } = await db
      .forTenant(tenantId)
      .updateTable('corbel_provider_settings')
      .set({ ...columnsOf(setting), version: version + 1 })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .where('version', '=', version)
      .executeTakeFirstOrThrow()
    return numUpdatedRows > 0n
  },

  async remove(tenantId, id) {
    const row = await db
      .forTenant(tenantId)
      .deleteFrom('corbel_provider_settings')
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirst()
    return row ? toSetting(row) : null
  },

  async findPolicy(tenantId) {
    const row = await db
      .forTenant(tenantId)
      .selectFrom('corbel_provider_policies')
      .select('platform_key')
      .where('tenant_id', '=', tenantId)
      .executeTakeFirst()
    return row?.platform_key ?? null
  },

  async decide(tenantId, platformKey) {
    const rows = db.forTenant(tenantId)
    if (platformKey === null)
      await rows.deleteFrom('corbel_provider_policies').where('tenant_id', '=', tenantId).execute()
    else
      await rows
        .insertInto('corbel_provider_policies')
        .values({ tenant_id: tenantId, platform_key: platformKey })
        .onConflict((conflict) => conflict.column('tenant_id').doUpdateSet({ platform_key: platformKey }))
        .execute()
  },

  async findAccess(tenantId, provider) {
    const { rows } = await sql<
      { readonly [K in keyof Row]: Row[K] | null } & { platform_key: boolean | null }
    >`
      select s.*, p.platform_key from (select 1) one
      left join corbel_provider_settings s on s.tenant_id = ${tenantId} and s.provider = ${provider}
      left join corbel_provider_policies p on p.tenant_id = ${tenantId}`.execute(db.forTenant(tenantId))
    const [row] = rows
    return {
      setting: row && row.id !== null ? toSetting(row as Row) : null,
      platformKey: row?.platform_key ?? null,
    }
  },
})

const columnsOf = (setting: StoredProviderSetting) => ({
  base_url: setting.baseUrl,
  sealed_key: setting.sealedKey,
  key_hint: setting.keyHint,
  active: setting.active,
  tested_at: setting.testedAt,
  test_passed: setting.testPassed,
  updated_at: setting.updatedAt,
})

const toSetting = (row: Row): StoredProviderSetting => ({
  id: row.id,
  tenantId: row.tenant_id,
  provider: row.provider,
  baseUrl: row.base_url,
  sealedKey: row.sealed_key,
  keyHint: row.key_hint,
  active: row.active,
  testedAt: row.tested_at,
  testPassed: row.test_passed,
  version: row.version,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
})
