import { type Id, newId } from '@corbel/core'
import { race, racers, type Suite, winners } from '@corbel/core/ports'
import { ProviderSettingErrors } from '../provider-settings/provider-setting-errors.ts'
import type { StoredProviderSetting } from './provider-setting-repository.ts'
import { type AgentsStorage, at, now, storedTenant } from './samples.conformance.ts'

const sample = (tenantId: Id<'ten'>, change: Partial<StoredProviderSetting> = {}): StoredProviderSetting => ({
  id: newId('pst'),
  tenantId,
  provider: 'openai',
  baseUrl: null,
  sealedKey: 'sealed',
  keyHint: 'cdef',
  active: true,
  testedAt: null,
  testPassed: null,
  version: 1,
  createdAt: now,
  updatedAt: now,
  ...change,
})

/** The law of `ProviderSettingRepository`. `fresh` gives an empty storage for each test. */
export function providerSettingRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<AgentsStorage>,
): void {
  async function open() {
    const storage = await fresh()
    const { providerSettings } = storage.repositories.agents
    const [tenantId, other] = [await storedTenant(storage), await storedTenant(storage)]
    const setting = sample(tenantId)
    await providerSettings.insert(setting)
    return { providerSettings, tenantId, other, setting }
  }

  test('a provider setting is found, listed and used as it was stored, by its tenant only', async () => {
    const { providerSettings, tenantId, other, setting } = await open()
    await providerSettings.insert(sample(other, { sealedKey: 'theirs' }))
    expect(await providerSettings.find(tenantId, setting.id)).toEqual(setting)
    expect(await providerSettings.list(tenantId)).toEqual([setting])
    expect(await providerSettings.findAccess(tenantId, 'openai')).toEqual({ setting, platformKey: null })
    expect(await providerSettings.findAccess(tenantId, 'gemini')).toEqual({
      setting: null,
      platformKey: null,
    })
    expect(await providerSettings.find(other, setting.id)).toBe(null)
    expect((await providerSettings.findAccess(other, 'openai')).setting).toMatchObject({
      sealedKey: 'theirs',
    })
  })

  test('of concurrent callers one sets a key for a provider', async () => {
    const { providerSettings, tenantId, setting } = await open()
    const results = await race(() => providerSettings.insert(sample(tenantId, { provider: 'anthropic' })))
    expect(winners(results)).toHaveLength(1)
    for (const result of results)
      if (result.status === 'rejected')
        expect(result.reason).toMatchObject({ code: ProviderSettingErrors.duplicate.code })
    expect((await providerSettings.list(tenantId)).map(({ provider }) => provider)).toEqual([
      setting.provider,
      'anthropic',
    ])
  })

  test('replace changes all but what names it and raises the version, for its tenant and version only', async () => {
    const { providerSettings, tenantId, other, setting } = await open()
    const next: StoredProviderSetting = {
      ...setting,
      baseUrl: 'https://models.example.com/v1',
      sealedKey: 'sealed again',
      keyHint: '6789',
      active: false,
      testedAt: at(1),
      testPassed: false,
      updatedAt: at(2),
    }
    expect(await providerSettings.replace({ ...next, tenantId: other })).toBe(false)
    expect(await providerSettings.replace({ ...next, version: 2 })).toBe(false)
    const results = winners(await race(() => providerSettings.replace(next)))
    expect(results).toHaveLength(racers)
    expect(results.filter((isDone) => isDone)).toHaveLength(1)
    expect(await providerSettings.find(tenantId, setting.id)).toEqual({ ...next, version: 2 })
  })

  test('of concurrent callers one removes a provider setting, in its tenant only', async () => {
    const { providerSettings, tenantId, other, setting } = await open()
    expect(await providerSettings.remove(other, setting.id)).toBe(null)
    const results = winners(await race(() => providerSettings.remove(tenantId, setting.id)))
    expect(results).toHaveLength(racers)
    expect(results.filter((removed) => removed !== null)).toEqual([setting])
    expect(await providerSettings.list(tenantId)).toEqual([])
  })

  test("whether the platform's keys may be used is decided by each tenant, and can be left open again", async () => {
    const { providerSettings, tenantId, other } = await open()
    for (const platformKey of [true, false, null]) {
      await providerSettings.decide(tenantId, platformKey)
      expect(await providerSettings.findPolicy(tenantId)).toBe(platformKey)
      expect(await providerSettings.findAccess(tenantId, 'gemini')).toEqual({ setting: null, platformKey })
      expect(await providerSettings.findPolicy(other)).toBe(null)
    }
    const results = await race((racer) => providerSettings.decide(tenantId, racer % 2 === 0))
    expect(winners(results)).toHaveLength(racers)
  })
}
