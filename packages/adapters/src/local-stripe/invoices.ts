import type { Stripe } from 'stripe'
import { refused } from './api-error.ts'
import { hour } from './calendar.ts'
import type { World } from './world.ts'

export interface InvoiceDraft {
  readonly reason: NonNullable<Stripe.Invoice['billing_reason']>
  readonly lines: readonly Stripe.InvoiceLineItem[]
  readonly periodStart: number
  readonly periodEnd: number
  readonly prorationAt?: number
}

/** The shape of an invoice, kept nowhere: what a preview answers. */
export function invoiceOf(
  world: World,
  subscription: Pick<Stripe.Subscription, 'customer' | 'currency' | 'metadata'> & {
    readonly id: string | null
  },
  draft: InvoiceDraft,
  id = world.newId('upcoming_in'),
): Stripe.Invoice {
  const total = draft.lines.reduce((sum, { amount }) => sum + amount, 0)
  const due = Math.max(0, total)
  return {
    id,
    object: 'invoice',
    account_country: 'US',
    account_name: 'Local',
    account_tax_ids: null,
    amount_due: due,
    amount_overpaid: 0,
    amount_paid: 0,
    amount_remaining: due,
    amount_shipping: 0,
    application: null,
    attempt_count: 0,
    attempted: false,
    auto_advance: true,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null, provider: null, status: null },
    automatically_finalizes_at: null,
    billing_reason: draft.reason,
    collection_method: 'charge_automatically',
    created: world.now(),
    currency: subscription.currency,
    custom_fields: null,
    customer: subscription.customer,
    customer_account: null,
    customer_address: null,
    customer_email: null,
    customer_name: null,
    customer_phone: null,
    customer_shipping: null,
    customer_tax_exempt: 'none',
    customer_tax_ids: [],
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    due_date: null,
    effective_at: null,
    ending_balance: null,
    footer: null,
    from_invoice: null,
    hosted_invoice_url: null,
    invoice_pdf: null,
    issuer: { type: 'self' },
    last_finalization_error: null,
    latest_revision: null,
    lines: {
      object: 'list',
      data: draft.lines.map((line) => ({ ...line, invoice: id })),
      has_more: false,
      url: `/v1/invoices/${id}/lines`,
    },
    livemode: false,
    metadata: {},
    next_payment_attempt: null,
    number: null,
    on_behalf_of: null,
    parent: {
      quote_details: null,
      subscription_details:
        subscription.id === null
          ? null
          : {
              metadata: subscription.metadata,
              subscription: subscription.id,
              ...(draft.prorationAt !== undefined && { subscription_proration_date: draft.prorationAt }),
            },
      type: 'subscription_details',
    },
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
    period_end: draft.periodEnd,
    period_start: draft.periodStart,
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    receipt_number: null,
    rendering: null,
    shipping_cost: null,
    shipping_details: null,
    starting_balance: 0,
    statement_descriptor: null,
    status: 'draft',
    status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
    subtotal: total,
    subtotal_excluding_tax: total,
    test_clock: null,
    total,
    total_discount_amounts: [],
    total_excluding_tax: total,
    total_pretax_credit_amounts: [],
    total_taxes: [],
    webhooks_delivered_at: null,
  }
}

/** A draft that will be finalized in an hour, unless that is done at once. */
export function draftInvoice(
  world: World,
  subscription: Stripe.Subscription,
  draft: InvoiceDraft,
): Stripe.Invoice {
  const invoice = world.put<'invoice'>({
    ...invoiceOf(world, subscription, draft, world.newId('in')),
    automatically_finalizes_at: world.now() + hour,
  })
  world.emit('invoice.created', invoice)
  world.change<'subscription'>('customer.subscription.updated', world.get('subscription', subscription.id), {
    latest_invoice: invoice.id,
  })
  return invoice
}

export function finalized(world: World, invoice: Stripe.Invoice): Stripe.Invoice {
  if (invoice.status !== 'draft') throw refused('This invoice is already finalized.', 'invoice')
  const number = world.all('invoice').filter((each) => each.number !== null).length + 1
  const open = world.put<'invoice'>({
    ...invoice,
    automatically_finalizes_at: null,
    effective_at: world.now(),
    number: `LOCAL-${String(number).padStart(4, '0')}`,
    hosted_invoice_url: `https://invoice.stripe.com/i/local/${invoice.id}`,
    invoice_pdf: `https://pay.stripe.com/invoice/local/${invoice.id}/pdf`,
    status: 'open',
    status_transitions: { ...invoice.status_transitions, finalized_at: world.now() },
  })
  world.emit('invoice.finalized', open)
  return open
}

export function voided(world: World, invoice: Stripe.Invoice): Stripe.Invoice {
  const after = world.put<'invoice'>({
    ...invoice,
    automatically_finalizes_at: null,
    next_payment_attempt: null,
    status: 'void',
    status_transitions: { ...invoice.status_transitions, voided_at: world.now() },
  })
  world.emit('invoice.voided', after)
  return after
}

export const subscriptionIdOf = (invoice: Stripe.Invoice): string | null => {
  const subscription = invoice.parent?.subscription_details?.subscription ?? null
  return typeof subscription === 'string' ? subscription : (subscription?.id ?? null)
}
