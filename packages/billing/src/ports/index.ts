// What an adapter's author imports: interfaces, the errors they throw, reference implementations, and the suites that are their law.

export type { BillingRepositories } from './billing-repositories.ts'

// Gateway
export type {
  GatewayChange,
  GatewayPage,
  GatewayUsage,
  KeyedOperation,
  PaymentGateway,
  UsageOutcome,
} from './payment-gateway.ts'
export {
  type CatalogGateway,
  type GatewayMeter,
  type GatewayPrice,
  type GatewayProduct,
  type NewPrice,
  productIdOf,
} from './catalog-gateway.ts'
export { GatewayErrors } from '../gateway/gateway-errors.ts'
export type { EventReading, GatewayEvent, VerifiedEvent, WebhookDelivery } from '../gateway/gateway-events.ts'
export {
  endedStatuses,
  gatewayCheckout,
  type GatewayCheckout,
  gatewayCustomer,
  type GatewayCustomer,
  gatewayInvoice,
  type GatewayInvoice,
  gatewayObject,
  type GatewayObject,
  type GatewayObjectType,
  gatewayPaymentMethod,
  type GatewayPaymentMethod,
  type GatewayPreview,
  gatewaySubscription,
  type GatewaySubscription,
  type InvoiceLine,
  invoiceStatuses,
  subscriptionStatuses,
} from '../gateway/gateway-objects.ts'
export {
  type GatewayInput,
  gatewayInputs,
  type GatewayOperation,
  type GatewayOperations,
  type GatewayOutput,
} from '../gateway/gateway-operations.ts'

// Other modules
export type { TenantDirectory } from './tenant-directory.ts'

// Repositories
export { billingRepositoriesConformance } from './billing-repositories.conformance.ts'
export { memoryBillingRepositories } from './billing-repositories.memory.ts'
export { type BillingTables, billingTables } from './billing-tables.memory.ts'
export type {
  ClaimedInboxEvent,
  InboxClaim,
  InboxDraft,
  InboxEvent,
  InboxFilter,
  InboxKey,
  InboxOutcome,
  InboxRepository,
  InboxSettlement,
  InboxStatus,
} from './inbox-repository.ts'
export type {
  ClaimedCommand,
  Command,
  CommandClaim,
  CommandDraft,
  CommandLane,
  CommandLease,
  CommandRepository,
  CommandStatus,
} from './command-repository.ts'
export type { CustomerRecord, CustomerRepository } from './customer-repository.ts'
export {
  type ProjectedObject,
  type ProjectedType,
  type Projection,
  type ProjectionKey,
  projectionPlace,
  type ProjectionRepository,
} from './projection-repository.ts'
export type { ReconciliationMark, ReconciliationRepository } from './reconciliation-repository.ts'
export type { QuotaCounter, QuotaDecision, QuotaReservation, QuotaStore } from './quota-store.ts'
export { quotaStoreConformance } from './quota-store.conformance.ts'
export type {
  DueUsage,
  UsageDraft,
  UsageKey,
  UsageRecord,
  UsageRepository,
  UsageSettlement,
  UsageState,
  UsageTotal,
} from './usage-repository.ts'
export type { BillingStorage } from './samples.conformance.ts'
