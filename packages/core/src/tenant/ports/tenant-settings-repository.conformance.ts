import { newId } from '../../kernel/id.ts'
import { race, type Suite, winners } from '../../ports/suite.ts'
import { defaultTenantSettings, type TenantSettingsValues } from '../settings/tenant-settings.ts'
import { awkwardText, storedTenant, type TenantStorage } from './samples.conformance.ts'

const values: TenantSettingsValues = {
  billingContacts: [
    { name: awkwardText, email: 'zofie@example.com' },
    { name: 'Ada', email: 'ada@example.com' },
  ],
  flags: { 'a.b-c_d': true, beta: false },
}

/** The law of `TenantSettingsRepository`. `fresh` gives an empty storage for each test. */
export function tenantSettingsRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<TenantStorage>,
): void {
  async function open() {
    const storage = await fresh()
    const { settings } = storage.repositories.tenant
    const tenantId = await storedTenant(storage)
    await settings.insert(tenantId, defaultTenantSettings)
    return { settings, tenantId, newTenant: () => storedTenant(storage) }
  }

  test('settings are found as they were stored', async () => {
    const { settings, tenantId, newTenant } = await open()
    const other = await newTenant()
    await settings.insert(other, { ...values, version: 7 })
    expect(await settings.find(other)).toEqual({ ...values, version: 7 })
    expect(await settings.find(tenantId)).toEqual(defaultTenantSettings)
  })

  test('a tenant without settings has null', async () => {
    const { settings, newTenant } = await open()
    expect(await settings.find(await newTenant())).toBe(null)
    expect(await settings.find(newId('ten'))).toBe(null)
  })

  test('replace changes the values as a whole and raises the version by one', async () => {
    const { settings, tenantId } = await open()
    expect(await settings.replace(tenantId, values, 1)).toEqual({ ...values, version: 2 })
    expect(await settings.find(tenantId)).toEqual({ ...values, version: 2 })
    const cleared = { billingContacts: [], flags: {} }
    expect(await settings.replace(tenantId, cleared, 2)).toEqual({ ...cleared, version: 3 })
  })

  test('replace with another version than the present one changes nothing', async () => {
    const { settings, tenantId, newTenant } = await open()
    expect(await settings.replace(tenantId, values, 2)).toBe(null)
    expect(await settings.replace(tenantId, values, 0)).toBe(null)
    expect(await settings.replace(await newTenant(), values, 1)).toBe(null)
    expect(await settings.find(tenantId)).toEqual(defaultTenantSettings)
  })

  test('replace leaves the settings of other tenants alone', async () => {
    const { settings, tenantId, newTenant } = await open()
    const other = await newTenant()
    await settings.insert(other, defaultTenantSettings)
    await settings.replace(tenantId, values, 1)
    expect(await settings.find(other)).toEqual(defaultTenantSettings)
  })

  test('of concurrent callers with one expected version, one succeeds', async () => {
    const { settings, tenantId } = await open()
    const results = await race((racer) =>
      settings.replace(tenantId, { ...values, flags: { [`racer${racer}`]: true } }, 1),
    )
    const replaced = winners(results).filter((settled) => settled !== null)
    expect(winners(results)).toHaveLength(results.length)
    expect(replaced).toHaveLength(1)
    expect(await settings.find(tenantId)).toEqual(replaced[0])
  })
}
