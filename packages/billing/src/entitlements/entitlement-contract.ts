import { defineContract, ok, scope } from '@corbel/core'
import { TenantErrors } from '@corbel/core/tenant'
import { BillingPermissions } from '../billing-permissions.ts'
import { TenantPath } from '../own-tenant.ts'
import { Entitlements } from './entitlements.ts'

export const entitlementContract = defineContract('billing-entitlements', '/api/v1/billing/tenants', {
  get: {
    method: 'GET',
    path: '/{tenantId}/entitlements',
    access: scope(BillingPermissions.read.scope),
    summary: 'Show what your tenant may use, and how much of it',
    description: 'What its plan includes, with what operators have granted or capped by hand over it.',
    params: TenantPath,
    success: ok(Entitlements),
    errors: [TenantErrors.notFound],
  },
})
