import { implement, type Route } from '@corbel/core'
import { providerSettingContract } from './provider-setting-contract.ts'
import type { ProviderProbeService } from './provider-probe-service.ts'
import type { ProviderSettingService } from './provider-setting-service.ts'

export const providerSettingRoutes = (
  settings: ProviderSettingService,
  probe: ProviderProbeService,
): readonly Route[] =>
  implement(providerSettingContract, {
    list: ({ principal }) => settings.list(principal.tenantId),
    create: ({ principal, body, client }) => settings.create(principal.tenantId, body, client),
    policy: ({ principal }) => settings.policy(principal.tenantId),
    decide: ({ principal, body, client }) => settings.decide(principal.tenantId, body, client),
    getByProvider: ({ principal, params }) => settings.getByProvider(principal.tenantId, params.provider),
    listModels: ({ principal, params }) => probe.listModels(principal.tenantId, params.provider),
    test: ({ principal, params, client }) => probe.test(principal.tenantId, params.id, client),
    get: ({ principal, params }) => settings.get(principal.tenantId, params.id),
    update: ({ principal, params, body, client }) =>
      settings.update(principal.tenantId, params.id, body, client),
    remove: ({ principal, params, client }) => settings.remove(principal.tenantId, params.id, client),
    activate: ({ principal, params, client }) =>
      settings.update(principal.tenantId, params.id, { active: true }, client),
    deactivate: ({ principal, params, client }) =>
      settings.update(principal.tenantId, params.id, { active: false }, client),
  })
