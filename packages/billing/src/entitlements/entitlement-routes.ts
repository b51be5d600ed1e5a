import { implement, type Route } from '@corbel/core'
import { ownTenant } from '../own-tenant.ts'
import { entitlementContract } from './entitlement-contract.ts'
import type { EntitlementService } from './entitlement-service.ts'

export const entitlementRoutes = (entitlements: EntitlementService): readonly Route[] =>
  implement(entitlementContract, {
    get: ({ principal, params }) => entitlements.get(ownTenant(principal, params)),
  })
