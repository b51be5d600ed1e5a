import type {
  GatewayCheckout,
  GatewayCustomer,
  GatewayInvoice,
  GatewayPaymentMethod,
  GatewaySubscription,
  InvoiceLine,
} from '@corbel/billing/ports'
import type { Stripe } from 'stripe'

// Replies and the payloads of events have the same shape but for decimals, which none of these reads.

export const isoTime = (seconds: number): string => new Date(seconds * 1000).toISOString()
const isoTimeOrNull = (seconds: number | null | undefined): string | null =>
  seconds === null || seconds === undefined ? null : isoTime(seconds)

export const epoch = (iso: string): number => Math.floor(Date.parse(iso) / 1000)

export const idOf = (ref: string | { readonly id: string }): string =>
  typeof ref === 'string' ? ref : ref.id
const idOrNull = (ref: string | { readonly id: string } | null | undefined): string | null =>
  ref === null || ref === undefined ? null : idOf(ref)

/** What things made by us bear. */
export const metadataOf = (key: string, tenantId: string) => ({ tenant_id: tenantId, corbel_key: key })
/** Stripe keeps what a change does not name. */
export const seatsMetadata = (chosenSeats: number | undefined) =>
  chosenSeats === undefined ? {} : { seats: String(chosenSeats) }
const seatsOf = (metadata: Stripe.Metadata | null): number | null => {
  const seats = metadata?.['seats'] ?? ''
  return /^[1-9]\d{0,8}$/.test(seats) ? Number(seats) : null
}
export const keyOf = ({ metadata }: { readonly metadata: Stripe.Metadata | null }): string | undefined =>
  metadata?.['corbel_key']
const tenantOf = (metadata: Stripe.Metadata | null): string | null => metadata?.['tenant_id'] ?? null

export function toSubscription(subscription: Stripe.Subscription): GatewaySubscription {
  const items = subscription.items.data.map((item) => ({
    id: item.id,
    priceId: item.price.id,
    productId: idOf(item.price.product),
    lookupKey: item.price.lookup_key ?? item.price.metadata['lookup_key'] ?? null,
    quantity: item.quantity ?? null,
    periodStart: isoTime(item.current_period_start),
    periodEnd: isoTime(item.current_period_end),
  }))
  const periodEnd = earliest(items.map((item) => item.periodEnd))
  return {
    id: subscription.id,
    customerId: idOf(subscription.customer),
    tenantId: tenantOf(subscription.metadata),
    status: subscription.status as GatewaySubscription['status'],
    items,
    chosenSeats: seatsOf(subscription.metadata),
    currency: subscription.currency,
    periodStart: earliest(items.map((item) => item.periodStart)),
    periodEnd,
    trialEnd: isoTimeOrNull(subscription.trial_end),
    // The portal and flexible billing set the moment alone, our own cancellation the flag.
    cancelAt: isoTimeOrNull(subscription.cancel_at) ?? (subscription.cancel_at_period_end ? periodEnd : null),
    canceledAt: isoTimeOrNull(subscription.canceled_at),
    endedAt: isoTimeOrNull(subscription.ended_at),
    hasPendingUpdate: subscription.pending_update !== null,
    scheduleId: idOrNull(subscription.schedule),
    latestInvoiceId: idOrNull(subscription.latest_invoice),
    createdAt: isoTime(subscription.created),
  }
}

/** ISO times of one length sort like the moments they name. */
const earliest = (times: readonly string[]): string => times.toSorted()[0] ?? ''

export const toInvoice = (invoice: Stripe.Invoice): GatewayInvoice => ({
  id: invoice.id,
  customerId: idOrNull(invoice.customer) ?? '',
  subscriptionId: idOrNull(invoice.parent?.subscription_details?.subscription),
  number: invoice.number,
  status: (invoice.status ?? 'draft') as GatewayInvoice['status'],
  currency: invoice.currency,
  subtotal: invoice.subtotal,
  total: invoice.total,
  amountDue: invoice.amount_due,
  amountPaid: invoice.amount_paid,
  attempts: invoice.attempt_count,
  nextAttemptAt: isoTimeOrNull(invoice.next_payment_attempt),
  periodStart: isoTime(invoice.period_start),
  periodEnd: isoTime(invoice.period_end),
  dueAt: isoTimeOrNull(invoice.due_date),
  paidAt: isoTimeOrNull(invoice.status_transitions.paid_at),
  hostedUrl: invoice.hosted_invoice_url ?? null,
  pdfUrl: invoice.invoice_pdf ?? null,
  lines: invoice.lines.data.map(toLine),
  createdAt: isoTime(invoice.created),
})

export const toLine = (line: Stripe.InvoiceLineItem): InvoiceLine => ({
  description: line.description,
  amount: line.amount,
  quantity: line.quantity,
  priceId: idOrNull(line.pricing?.price_details?.price),
  isProration:
    line.parent?.subscription_item_details?.proration ??
    line.parent?.invoice_item_details?.proration ??
    false,
  periodStart: isoTime(line.period.start),
  periodEnd: isoTime(line.period.end),
})

export const toCustomer = (customer: Stripe.Customer | Stripe.DeletedCustomer): GatewayCustomer =>
  customer.deleted === true
    ? { id: customer.id, tenantId: null, defaultPaymentMethodId: null, isDeleted: true }
    : {
        id: customer.id,
        tenantId: tenantOf(customer.metadata),
        defaultPaymentMethodId: idOrNull(customer.invoice_settings.default_payment_method),
        isDeleted: false,
      }

export const toPaymentMethod = (method: Stripe.PaymentMethod): GatewayPaymentMethod => ({
  id: method.id,
  customerId: idOrNull(method.customer),
  type: method.type,
  card:
    method.card === undefined
      ? null
      : {
          brand: method.card.brand,
          last4: method.card.last4,
          expiryMonth: method.card.exp_month,
          expiryYear: method.card.exp_year,
        },
  createdAt: isoTime(method.created),
})

export const toCheckout = (session: Stripe.Checkout.Session): GatewayCheckout => ({
  id: session.id,
  customerId: idOrNull(session.customer),
  subscriptionId: idOrNull(session.subscription),
  status: (session.status ?? 'open') as GatewayCheckout['status'],
  url: session.url,
  expiresAt: isoTime(session.expires_at),
})
