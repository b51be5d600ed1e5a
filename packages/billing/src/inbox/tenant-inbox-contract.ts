import { defineContract, ok, PageErrors, pageOf, scope } from '@corbel/core'
import { TenantErrors } from '@corbel/core/tenant'
import { BillingPermissions } from '../billing-permissions.ts'
import { TenantPath } from '../own-tenant.ts'
import { TenantInboxEntry, TenantInboxQuery } from './inbox-entry.ts'

export const tenantInboxContract = defineContract('billing-events', '/api/v1/billing/tenants', {
  list: {
    method: 'GET',
    path: '/{tenantId}/events',
    access: scope(BillingPermissions.read.scope),
    summary: 'List what the payment provider has told of your tenant, the latest to come in first',
    description: 'Once it was acted on: before that nobody knows whom it is about.',
    params: TenantPath,
    query: TenantInboxQuery,
    success: ok(pageOf(TenantInboxEntry)),
    errors: [TenantErrors.notFound, PageErrors.invalidCursor],
  },
})
