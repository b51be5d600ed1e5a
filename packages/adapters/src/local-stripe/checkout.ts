import type { Stripe } from 'stripe'
import { refused } from './api-error.ts'
import { day } from './calendar.ts'
import { attach, charge } from './customers.ts'
import { Params } from './form.ts'
import { multiplied } from './money.ts'
import { createSubscription } from './subscriptions.ts'
import { refId, type World } from './world.ts'

type Session = Stripe.Checkout.Session

export function createCheckout(world: World, params: Params): Session {
  if (params.required('mode') !== 'subscription') throw refused('Only subscriptions are sold here.', 'mode')
  const customer = world.get('customer', params.required('customer'), 'customer')
  const lines = params.list('line_items')
  if (lines.length === 0)
    throw refused('Missing required param: line_items.', 'line_items', 'parameter_missing')
  const amounts = lines.map((line) => {
    const price = world.get('price', line.required('price'), 'line_items[price]')
    if (!price.active) throw refused(`The price specified is inactive: ${price.id}.`, 'line_items[price]')
    return multiplied(String(price.unit_amount_decimal ?? '0'), String(line.int('quantity') ?? 1))
  })
  const total = amounts.reduce((sum, amount) => sum + amount, 0)
  const now = world.now()
  const id = world.newId('cs_test')
  const session: Session = {
    id,
    object: 'checkout.session',
    adaptive_pricing: { enabled: false },
    after_expiration: null,
    allow_promotion_codes: null,
    allowed_payment_method_types: null,
    amount_subtotal: total,
    amount_total: total,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    billing_address_collection: null,
    cancel_url: params.text('cancel_url') ?? null,
    client_reference_id: params.text('client_reference_id') ?? null,
    client_secret: null,
    collected_information: null,
    consent: null,
    consent_collection: null,
    created: now,
    currency: 'usd',
    currency_conversion: null,
    custom_fields: [],
    custom_text: {
      after_submit: null,
      shipping_address: null,
      submit: null,
      terms_of_service_acceptance: null,
    },
    customer: customer.id,
    customer_account: null,
    customer_creation: null,
    customer_details: null,
    customer_email: null,
    discounts: [],
    expires_at: now + day,
    integration_identifier: null,
    invoice: null,
    invoice_creation: null,
    livemode: false,
    locale: null,
    managed_payments: null,
    metadata: params.metadata(),
    mode: 'subscription',
    origin_context: null,
    payment_intent: null,
    payment_link: null,
    payment_method_collection: 'always',
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: ['card'],
    payment_status: 'unpaid',
    permissions: null,
    recovered_from: null,
    saved_payment_method_options: null,
    setup_intent: null,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: 'open',
    submit_type: null,
    subscription: null,
    success_url: params.text('success_url') ?? null,
    total_details: null,
    ui_mode: 'hosted_page',
    url: world.checkoutUrl + id,
    wallet_options: null,
  }
  world.state.orders[id] = params.form
  return world.put<'checkout.session'>(session)
}

/** What somebody does on the page: gives a card, pays, and is sent back. */
export function completeCheckout(world: World, id: string, card: string): Session {
  const session = world.get('checkout.session', id)
  if (session.status !== 'open') throw refused(`The session is ${session.status}.`, 'id')
  const params = new Params(world.state.orders[id] ?? {})
  const data = params.inner('subscription_data')
  const customer = refId(session.customer)
  const method = attach(world, customer, card)
  const isTrial = data.has('trial_period_days') || data.has('trial_end')
  if (!isTrial) charge(world, method.id)
  const start = new Params({ ...data.form, customer, default_payment_method: method.id })
  const subscription = createSubscription(world, start, params.list('line_items'))
  delete world.state.orders[id]
  const complete = world.put<'checkout.session'>({
    ...session,
    invoice: subscription.latest_invoice,
    payment_status: isTrial ? 'no_payment_required' : 'paid',
    status: 'complete',
    subscription: subscription.id,
    url: null,
  })
  world.emit('checkout.session.completed', complete)
  return complete
}

/** Its time is over, or somebody ends it before. */
export function expireCheckout(world: World, id: string): Session {
  const session = world.get('checkout.session', id)
  if (session.status !== 'open') throw refused(`The session is ${session.status}.`, 'id')
  delete world.state.orders[id]
  const expired = world.put<'checkout.session'>({ ...session, status: 'expired', url: null })
  world.emit('checkout.session.expired', expired)
  return expired
}

export function createPortal(world: World, params: Params): Stripe.BillingPortal.Session {
  const customer = world.get('customer', params.required('customer'), 'customer')
  const id = world.newId('bps')
  return {
    id,
    object: 'billing_portal.session',
    configuration: 'bpc_local',
    created: world.now(),
    customer: customer.id,
    customer_account: null,
    flow: null,
    livemode: false,
    locale: null,
    on_behalf_of: null,
    return_url: params.text('return_url') ?? null,
    url: `https://billing.stripe.com/p/session/${id}`,
  }
}
