import { implement, type Route } from '../../http/implement.ts'
import { tenantSettingsContract } from './tenant-settings-contract.ts'
import type { TenantSettingsService } from './tenant-settings-service.ts'

export const tenantSettingsRoutes = (settings: TenantSettingsService): readonly Route[] =>
  implement(tenantSettingsContract, {
    get: ({ principal }) => settings.get(principal.tenantId),
    replace: ({ principal, body, version, client }) =>
      settings.replace(principal.tenantId, body, version, client),
  })
