import { accepted, defineContract, json, ok, scope } from '@corbel/core'
import { TenantErrors } from '@corbel/core/tenant'
import { BillingErrors } from '../billing-errors.ts'
import { BillingPermissions } from '../billing-permissions.ts'
import { TenantPath } from '../own-tenant.ts'
import { UsageBatch, UsagePeriod, UsageReceipt, UsageReceipts, UsageReport, UsageTotals } from './usage.ts'

const access = scope(BillingPermissions.report.scope)
const errors = [
  TenantErrors.notFound,
  BillingErrors.featureUnknown,
  BillingErrors.usageOutOfTime,
  BillingErrors.usageKeyReused,
]

export const usageContract = defineContract('billing-usage', '/api/v1/billing/tenants', {
  record: {
    method: 'POST',
    path: '/{tenantId}/usage',
    access,
    summary: 'Report that something was used',
    description: 'Counts once for its idempotencyKey, for ever. Answers once it is stored.',
    params: TenantPath,
    body: json(UsageReport),
    success: accepted(UsageReceipt),
    errors,
  },
  recordBatch: {
    method: 'POST',
    path: '/{tenantId}/usage/batch',
    access,
    summary: 'Report up to 1,000 uses at once',
    description:
      'All of them are stored, or none: repeat the whole batch when it fails. Receipts have the order of the records.',
    params: TenantPath,
    body: json(UsageBatch),
    success: accepted(UsageReceipts),
    errors,
  },
  totals: {
    method: 'GET',
    path: '/{tenantId}/usage-totals',
    access: scope(BillingPermissions.read.scope),
    summary: 'Sum up what was used in a period',
    description: 'Without one: in the present period of the subscription, else in the present month.',
    params: TenantPath,
    query: UsagePeriod,
    success: ok(UsageTotals),
    errors: [TenantErrors.notFound],
  },
})
