import type { Stripe } from 'stripe'
import { declined, missing, refused } from './api-error.ts'
import { Params } from './form.ts'
import { refId, type World } from './world.ts'

export function createCustomer(world: World, params: Params): Stripe.Customer {
  const customer = world.put<'customer'>({
    id: world.newId('cus'),
    object: 'customer',
    address: null,
    balance: 0,
    created: world.now(),
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: params.text('description') ?? null,
    discount: null,
    email: params.text('email') ?? null,
    invoice_prefix: null,
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: false,
    metadata: params.metadata(),
    name: params.text('name') ?? null,
    phone: params.text('phone') ?? null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
  })
  world.emit('customer.created', customer)
  const method = params.text('payment_method')
  if (method === undefined) return updateCustomer(world, params, customer.id)
  const { id } = attach(world, customer.id, method)
  const isDefault = params.inner('invoice_settings').text('default_payment_method') === method
  // The name of a trial card means the one that has just been made of it.
  const settings = isDefault ? { invoice_settings: { default_payment_method: id } } : {}
  return updateCustomer(world, new Params({ ...params.form, ...settings }), customer.id)
}

export function updateCustomer(world: World, params: Params, id: string): Stripe.Customer {
  const customer = world.get('customer', id)
  const method = params.inner('invoice_settings').text('default_payment_method')
  if (method !== undefined && world.get('payment_method', method, 'invoice_settings').customer !== id)
    throw missing('payment method', method, 'invoice_settings[default_payment_method]')
  return world.change<'customer'>('customer.updated', customer, {
    name: params.text('name') ?? customer.name ?? null,
    email: params.text('email') ?? customer.email,
    metadata: params.metadata(customer.metadata),
    invoice_settings: {
      ...customer.invoice_settings,
      default_payment_method: method ?? customer.invoice_settings.default_payment_method,
    },
  })
}

/** Cards for trials, by Stripe's own names. Whatever is not listed is no card. */
const cards: Readonly<
  Record<string, { readonly brand: string; readonly last4: string; readonly fails: boolean }>
> = {
  pm_card_visa: { brand: 'visa', last4: '4242', fails: false },
  pm_card_mastercard: { brand: 'mastercard', last4: '4444', fails: false },
  tok_visa: { brand: 'visa', last4: '4242', fails: false },
  /** Can be kept, and is declined whenever it is to pay. */
  pm_card_chargeCustomerFail: { brand: 'visa', last4: '0341', fails: true },
  tok_chargeCustomerFail: { brand: 'visa', last4: '0341', fails: true },
}

/** A card by the name of a trial card, of no customer yet. */
export function newCard(world: World, name: string): Stripe.PaymentMethod {
  const card = cards[name]
  if (card === undefined) throw missing('PaymentMethod', name, 'payment_method')
  const method = world.put<'payment_method'>({
    id: world.newId('pm'),
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: { address: null, email: null, name: null, phone: null, tax_id: null },
    card: {
      brand: card.brand,
      checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
      country: 'US',
      display_brand: card.brand,
      exp_month: 12,
      exp_year: 2040,
      fingerprint: null,
      funding: 'credit',
      generated_from: null,
      last4: card.last4,
      networks: { available: [card.brand], preferred: null },
      regulated_status: 'unregulated',
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
    created: world.now(),
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: {},
    type: 'card',
  })
  if (card.fails) world.once(declines(method.id))
  return method
}

const declines = (id: string): string => `declines:${id}`

/** @throws what Stripe answers when the card is declined. */
export function charge(world: World, paymentMethodId: string): void {
  if (world.state.marks[declines(paymentMethodId)] === true) throw declined()
}

export function createPaymentMethod(world: World, params: Params): Stripe.PaymentMethod {
  const token = params.inner('card').text('token')
  // A number is what a browser would type in; of the trial numbers one is declined.
  const fails = params.inner('card').text('number')?.endsWith('0341') === true
  return newCard(world, token ?? (fails ? 'tok_chargeCustomerFail' : 'tok_visa'))
}

/** Gives a card to a customer; the name of a trial card makes one. */
export function attach(world: World, customerId: string, idOrName: string): Stripe.PaymentMethod {
  const method = world.find('payment_method', idOrName) ?? newCard(world, idOrName)
  if (method.customer === customerId) return method
  if (method.customer !== null)
    throw refused('This payment method is attached to another customer.', 'payment_method')
  const attached = world.put<'payment_method'>({
    ...method,
    customer: world.get('customer', customerId, 'customer').id,
  })
  world.emit('payment_method.attached', attached)
  return attached
}

export function detach(world: World, id: string): Stripe.PaymentMethod {
  const method = world.get('payment_method', id)
  if (method.customer === null)
    throw refused('The payment method is not attached to a customer.', 'payment_method')
  const owner = world.get('customer', refId(method.customer))
  if (owner.invoice_settings.default_payment_method === id)
    world.change<'customer'>('customer.updated', owner, {
      invoice_settings: { ...owner.invoice_settings, default_payment_method: null },
    })
  for (const subscription of world.all('subscription'))
    if (subscription.default_payment_method === id)
      world.change<'subscription'>('customer.subscription.updated', subscription, {
        default_payment_method: null,
      })
  const detached = world.put<'payment_method'>({ ...method, customer: null })
  world.emit('payment_method.detached', detached, { customer: method.customer })
  return detached
}

export function createSetupIntent(world: World, params: Params): Stripe.SetupIntent {
  const customer = params.text('customer')
  const id = world.newId('seti')
  const intent = world.put<'setup_intent'>({
    id,
    object: 'setup_intent',
    allowed_payment_method_types: null,
    application: null,
    automatic_payment_methods: { allow_redirects: 'always', enabled: true },
    cancellation_reason: null,
    client_secret: world.newId(`${id}_secret`),
    created: world.now(),
    customer: customer === undefined ? null : world.get('customer', customer, 'customer').id,
    description: null,
    excluded_payment_method_types: null,
    flow_directions: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode: false,
    mandate: null,
    metadata: params.metadata(),
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: null,
    payment_method_types: ['card'],
    single_use_mandate: null,
    status: 'requires_payment_method',
    usage: params.text('usage') ?? 'off_session',
  })
  world.emit('setup_intent.created', intent)
  return intent
}

/** What the browser does with the client secret. */
export function confirmSetupIntent(world: World, params: Params, id: string): Stripe.SetupIntent {
  const intent = world.get('setup_intent', id)
  if (intent.status === 'succeeded') throw refused('The SetupIntent has succeeded.', 'intent')
  const name = params.required('payment_method')
  const method = intent.customer === null ? newCard(world, name) : attach(world, refId(intent.customer), name)
  const done = world.put<'setup_intent'>({ ...intent, payment_method: method.id, status: 'succeeded' })
  world.emit('setup_intent.succeeded', done)
  return done
}
