import { defineEvents, idSchema } from '@corbel/core'
import * as z from 'zod'
import { ModelProvider } from './provider-setting.ts'

const payload = z.object({ settingId: idSchema('pst'), provider: ModelProvider })
const audit = { subject: 'settingId' } as const

export const ProviderSettingEvents = defineEvents({
  providerConfigured: {
    type: 'agents.provider.configured',
    summary: 'A tenant set a key of its own for a provider of models',
    payload,
    audit,
  },
  providerChanged: {
    type: 'agents.provider.changed',
    summary: 'The key, the address or the use of a provider of models was changed',
    payload,
    audit,
  },
  providerTested: {
    type: 'agents.provider.tested',
    summary: 'A key for a provider of models was tried',
    payload: payload.extend({ passed: z.boolean() }),
    audit,
  },
  providerRemoved: {
    type: 'agents.provider.removed',
    summary: 'A key for a provider of models was removed',
    payload,
    audit,
  },
  platformKeyDecided: {
    type: 'agents.provider_policy.decided',
    summary: 'A tenant said whether its agents may use the keys of the platform',
    payload: z.object({ platformKey: z.boolean().nullable() }),
    audit: {},
  },
})
