import * as z from 'zod'

// What the gateway keeps, in our terms. Everything here is JSON, so that it can be recorded as it is: times are ISO 8601 in UTC.

const time = z.iso.datetime()
const times = { createdAt: time }

/** Whole units of the smallest denomination of the currency (cents, yen, fils), as the gateway counts them; never computed here. */
const amount = z.int()

/** ISO 4217, lower case. */
const currency = z.string().regex(/^[a-z]{3}$/)

export const subscriptionStatuses = [
  'incomplete',
  'incomplete_expired',
  'trialing',
  'active',
  'past_due',
  'unpaid',
  'paused',
  'canceled',
] as const

/** Over for good. */
export const endedStatuses = ['canceled', 'incomplete_expired'] as const

export const gatewaySubscription = z.object({
  id: z.string(),
  customerId: z.string(),
  /** As the gateway was told. Only a check: whose it is follows from the customer. */
  tenantId: z.string().nullable(),
  status: z.enum(subscriptionStatuses),
  items: z.array(
    z.object({
      id: z.string(),
      priceId: z.string(),
      productId: z.string(),
      /** That of the price, also of one whose successor bears it now. */
      lookupKey: z.string().nullable(),
      /** Null for metered prices. */
      quantity: z.int().nullable(),
      periodStart: time,
      periodEnd: time,
    }),
  ),
  /** How many seats its tenant has asked for; null, also in what was kept before this was, for one for each member. */
  chosenSeats: z.int().nullable().default(null),
  currency,
  /** The earliest start and the earliest end of the items' periods: the next moment at which something is billed. */
  periodStart: time,
  periodEnd: time,
  trialEnd: time.nullable(),
  /** When it ends, whichever way that was arranged; null while it renews. */
  cancelAt: time.nullable(),
  canceledAt: time.nullable(),
  endedAt: time.nullable(),
  /** An upgrade waits for its payment; until then the items are the old ones. */
  hasPendingUpdate: z.boolean(),
  /** A schedule that will change it, such as for a plan change at the end of the period. */
  scheduleId: z.string().nullable(),
  latestInvoiceId: z.string().nullable(),
  ...times,
})
export type GatewaySubscription = z.infer<typeof gatewaySubscription>

export const isOver = ({ status }: Pick<GatewaySubscription, 'status'>): boolean =>
  (endedStatuses as readonly string[]).includes(status)

export const invoiceStatuses = ['draft', 'open', 'paid', 'uncollectible', 'void'] as const

export const invoiceLine = z.object({
  description: z.string().nullable(),
  amount,
  quantity: z.number().nullable(),
  priceId: z.string().nullable(),
  isProration: z.boolean(),
  periodStart: time,
  periodEnd: time,
})
export type InvoiceLine = z.infer<typeof invoiceLine>

export const gatewayInvoice = z.object({
  id: z.string(),
  customerId: z.string(),
  subscriptionId: z.string().nullable(),
  number: z.string().nullable(),
  status: z.enum(invoiceStatuses),
  currency,
  subtotal: amount,
  total: amount,
  amountDue: amount,
  amountPaid: amount,
  attempts: z.int(),
  nextAttemptAt: time.nullable(),
  periodStart: time,
  periodEnd: time,
  dueAt: time.nullable(),
  paidAt: time.nullable(),
  /** Pages of the gateway; whoever has the link can see the invoice. */
  hostedUrl: z.string().nullable(),
  pdfUrl: z.string().nullable(),
  /** The first lines, as many as the gateway gives at once. */
  lines: z.array(invoiceLine),
  ...times,
})
export type GatewayInvoice = z.infer<typeof gatewayInvoice>

export const gatewayCustomer = z.object({
  id: z.string(),
  tenantId: z.string().nullable(),
  defaultPaymentMethodId: z.string().nullable(),
  isDeleted: z.boolean(),
})
export type GatewayCustomer = z.infer<typeof gatewayCustomer>

export const gatewayPaymentMethod = z.object({
  id: z.string(),
  customerId: z.string().nullable(),
  type: z.string(),
  card: z
    .object({ brand: z.string(), last4: z.string(), expiryMonth: z.int(), expiryYear: z.int() })
    .nullable(),
  ...times,
})
export type GatewayPaymentMethod = z.infer<typeof gatewayPaymentMethod>

export const gatewayCheckout = z.object({
  id: z.string(),
  customerId: z.string().nullable(),
  subscriptionId: z.string().nullable(),
  status: z.enum(['open', 'complete', 'expired']),
  /** Where to send the browser; null once it is over. */
  url: z.string().nullable(),
  expiresAt: time,
})
export type GatewayCheckout = z.infer<typeof gatewayCheckout>

/** What an event may be about and what can be retrieved by id. */
export const gatewayObject = z.discriminatedUnion('type', [
  z.object({ type: z.literal('subscription'), value: gatewaySubscription }),
  z.object({ type: z.literal('invoice'), value: gatewayInvoice }),
  z.object({ type: z.literal('customer'), value: gatewayCustomer }),
  z.object({ type: z.literal('payment_method'), value: gatewayPaymentMethod }),
  z.object({ type: z.literal('checkout'), value: gatewayCheckout }),
])
export type GatewayObject = z.infer<typeof gatewayObject>
export type GatewayObjectType = GatewayObject['type']

/** What a change would cost. */
export interface GatewayPreview {
  readonly currency: string
  readonly total: number
  readonly amountDue: number
  readonly lines: readonly InvoiceLine[]
  readonly periodStart: string
  readonly periodEnd: string
  /** Hand this to the change itself, so that it costs what was shown. Null where nothing is prorated. */
  readonly prorationAt: string | null
}
