// Module
export { billing, type BillingOptions, type BillingServices, type BillingUses } from './billing-module.ts'

// Catalogues
export { BillingErrors } from './billing-errors.ts'
export { BillingEvents } from './billing-events.ts'
export { BillingJobs } from './billing-jobs.ts'
export { BillingMetrics } from './billing-metrics.ts'
export { BillingPermissions } from './billing-permissions.ts'
export { BillingSettings } from './billing-settings.ts'

// Contracts
export { subscriptionContract } from './subscriptions/subscription-contract.ts'
export { entitlementContract } from './entitlements/entitlement-contract.ts'
export { inboxContract } from './inbox/inbox-contract.ts'
export { InboxQuery, ReplayRequest } from './inbox/inbox-entry.ts'
export { ReconcileRequest } from './reconciliation/reconciliation.ts'
export { tenantInboxContract } from './inbox/tenant-inbox-contract.ts'
export { billingStreamContract } from './stream/billing-stream-contract.ts'
export { usageContract } from './usage/usage-contract.ts'
export { UsagePeriod } from './usage/usage.ts'
export { webhookContract } from './inbox/webhook-contract.ts'

// Catalogue
export { defaultPlans } from './catalog/default-plans.ts'
export {
  definePlans,
  type Entitlement,
  lookupKeyOf,
  type Plan,
  type PlanCatalog,
  type PlanPrice,
} from './catalog/plan.ts'
export { applyCatalog, type CatalogStep, planCatalog, type PriceMap } from './catalog/provisioning.ts'

// Quotas
export { quotaOf, type QuotaOf } from './quotas/quota-of.ts'
export type { QuotaService, Reservation } from './quotas/quota-service.ts'
