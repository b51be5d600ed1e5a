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
export type {
  CatalogGateway,
  GatewayMeter,
  GatewayPrice,
  GatewayProduct,
  NewPrice,
} from './catalog-gateway.ts'
export { GatewayErrors } from '../gateway/gateway-errors.ts'
export type { EventReading, GatewayEvent, VerifiedEvent, WebhookDelivery } from '../gateway/gateway-events.ts'
export {
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
