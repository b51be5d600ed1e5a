import { implement, type Route } from '../../http/implement.ts'
import { tenantContract } from './tenant-contract.ts'
import type { TenantService } from './tenant-service.ts'

export const tenantRoutes = (tenants: TenantService): readonly Route[] =>
  implement(tenantContract, {
    get: ({ principal }) => tenants.get(principal.tenantId),
    rename: ({ principal, body, client }) => tenants.rename(principal.tenantId, body, client),
  })
