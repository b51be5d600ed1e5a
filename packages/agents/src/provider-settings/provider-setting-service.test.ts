import { newId, type Profile } from '@corbel/core'
import { localKeyVault, manualClock, memoryKeyStore } from '@corbel/core/ports'
import { expect, it } from 'vitest'
import { agentsTables } from '../ports/agents-tables.memory.ts'
import { memoryProviderSettingRepository } from '../ports/provider-setting-repository.memory.ts'
import { ProviderSettingErrors } from './provider-setting-errors.ts'
import { ProviderSettingService } from './provider-setting-service.ts'

const tenantId = newId('ten')

function open(profile: Profile) {
  const clock = manualClock()
  const providerSettings = memoryProviderSettingRepository(agentsTables())
  const settings = new ProviderSettingService({
    providerSettings,
    profile,
    clock,
    platformKey: 'refused',
    keyVault: localKeyVault({ store: memoryKeyStore(), clock }),
    transaction: (work) => work({ providerSettings, events: { record: async () => {} } }),
  })
  return {
    update: settings.update.bind(settings),
    create: (baseUrl: string | null) =>
      settings.create(tenantId, { provider: 'openai', apiKey: 'sk-0123456789', active: true, baseUrl }),
  }
}

const plain = 'http://models.example.com/v1'
const refused = { code: ProviderSettingErrors.plainAddress.code }

it.each(['staging', 'production'] as const)('in %s a key goes nowhere in the clear', async (profile) => {
  const { create, update } = open(profile)
  await expect(create(plain)).rejects.toMatchObject(refused)
  const { id } = await create('https://models.example.com/v1')
  await expect(update(tenantId, id, { baseUrl: plain })).rejects.toMatchObject(refused)
  expect(await update(tenantId, id, { baseUrl: null })).toMatchObject({ baseUrl: null })
})

it('on a machine for development it may', async () => {
  expect(await open('local').create(plain)).toMatchObject({ baseUrl: plain })
})
