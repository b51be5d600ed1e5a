import type { Stripe } from 'stripe'
import { refused } from './api-error.ts'
import type { Params } from './form.ts'
import type { World } from './world.ts'

/** Decimals are objects in the client and text on the wire, and this is the wire. */
const wire = (decimal: string): Stripe.Decimal => decimal as unknown as Stripe.Decimal

export function createProduct(world: World, params: Params): Stripe.Product {
  const id = params.text('id') ?? world.newId('prod')
  if (world.find('product', id) !== undefined)
    throw refused(`Product already exists: ${id}`, 'id', 'resource_already_exists')
  const now = world.now()
  const product = world.put<'product'>({
    id,
    object: 'product',
    active: params.flag('active') ?? true,
    created: now,
    default_price: null,
    description: params.text('description') ?? null,
    images: [],
    livemode: false,
    marketing_features: [],
    metadata: params.metadata(),
    name: params.required('name'),
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: null,
    tax_details: null,
    type: 'service',
    unit_label: null,
    updated: now,
    url: null,
  })
  world.emit('product.created', product)
  return product
}

export function updateProduct(world: World, params: Params, id: string): Stripe.Product {
  const product = world.get('product', id)
  return world.change<'product'>('product.updated', product, {
    name: params.text('name') ?? product.name,
    active: params.flag('active') ?? product.active,
    description: params.text('description') ?? product.description,
    metadata: params.metadata(product.metadata),
    updated: world.now(),
  })
}

export function createPrice(world: World, params: Params): Stripe.Price {
  const key = params.text('lookup_key') ?? null
  const product = params.has('product_data')
    ? createProduct(world, params.inner('product_data')).id
    : world.get('product', params.required('product'), 'product').id
  const holder = world.all('price').find((price) => key !== null && price.lookup_key === key)
  if (holder !== undefined && params.flag('transfer_lookup_key') !== true)
    throw refused(`A price already uses that lookup key: ${holder.id}`, 'lookup_key')
  const amount = params.text('unit_amount_decimal') ?? params.text('unit_amount')
  if (amount === undefined || !/^\d{1,12}(\.\d{1,12})?$/.test(amount))
    throw refused('One of unit_amount and unit_amount_decimal is needed.', 'unit_amount')
  if (holder !== undefined) world.change<'price'>('price.updated', holder, { lookup_key: null })
  const price = world.put<'price'>({
    id: world.newId('price'),
    object: 'price',
    active: params.flag('active') ?? true,
    billing_scheme: 'per_unit',
    created: world.now(),
    currency: params.required('currency'),
    custom_unit_amount: null,
    livemode: false,
    lookup_key: key,
    metadata: params.metadata(),
    nickname: params.text('nickname') ?? null,
    product,
    recurring: recurringOf(world, params),
    tax_behavior: 'unspecified',
    tiers_mode: null,
    transform_quantity: null,
    type: params.has('recurring') ? 'recurring' : 'one_time',
    unit_amount: amount.includes('.') ? null : Number(amount),
    unit_amount_decimal: wire(amount),
  })
  world.emit('price.created', price)
  return price
}

function recurringOf(world: World, params: Params): Stripe.Price['recurring'] {
  if (!params.has('recurring')) return null
  const recurring = params.inner('recurring')
  const meter = recurring.text('meter')
  return {
    interval: recurring.required('interval'),
    interval_count: recurring.int('interval_count') ?? 1,
    meter: meter === undefined ? null : world.get('billing.meter', meter, 'recurring[meter]').id,
    trial_period_days: null,
    usage_type: recurring.text('usage_type') ?? 'licensed',
  }
}

export function updatePrice(world: World, params: Params, id: string): Stripe.Price {
  const price = world.get('price', id)
  return world.change<'price'>('price.updated', price, {
    active: params.flag('active') ?? price.active,
    nickname: params.text('nickname') ?? price.nickname,
    metadata: params.metadata(price.metadata),
  })
}

export function createMeter(world: World, params: Params): Stripe.Billing.Meter {
  const eventName = params.required('event_name')
  const taken = world
    .all('billing.meter')
    .some((meter) => meter.event_name === eventName && meter.status === 'active')
  if (taken) throw refused(`There is an active meter for ${eventName}.`, 'event_name')
  const now = world.now()
  const meter = world.put<'billing.meter'>({
    id: world.newId('mtr'),
    object: 'billing.meter',
    created: now,
    customer_mapping: { event_payload_key: 'stripe_customer_id', type: 'by_id' },
    default_aggregation: { formula: 'sum' },
    display_name: params.required('display_name'),
    event_name: eventName,
    event_time_window: null,
    livemode: false,
    status: 'active',
    status_transitions: { deactivated_at: null },
    updated: now,
    value_settings: { event_payload_key: 'value' },
  })
  world.emit('billing.meter.created', meter)
  return meter
}

const daysBack = 35 * 86_400
const minutesAhead = 300

export function createMeterEvent(world: World, params: Params): Stripe.Billing.MeterEvent {
  const name = params.required('event_name')
  const payload = params.inner('payload')
  const customer = payload.required('stripe_customer_id')
  const value = payload.required('value')
  if (!world.all('billing.meter').some((meter) => meter.event_name === name && meter.status === 'active'))
    throw refused(`No active meter found for event name ${name}.`, 'event_name', 'no_meter_found')
  world.get('customer', customer, 'payload[stripe_customer_id]')
  if (!/^-?\d{1,15}(\.\d{1,12})?$/.test(value)) throw refused('The value is no number.', 'payload[value]')
  const timestamp = params.int('timestamp') ?? world.now()
  if (timestamp < world.now() - daysBack)
    throw refused('The timestamp is too old.', 'timestamp', 'timestamp_too_far_in_past')
  if (timestamp > world.now() + minutesAhead)
    throw refused('The timestamp is of the future.', 'timestamp', 'timestamp_in_future')
  const identifier = params.text('identifier') ?? world.newId('meter_event')
  const id = `meter_event:${identifier}`
  if (world.find('billing.meter_event', id) !== undefined)
    throw refused(
      `An event already exists with identifier ${identifier}.`,
      'identifier',
      'duplicate_meter_event',
    )
  const event: Stripe.Billing.MeterEvent = {
    object: 'billing.meter_event',
    created: world.now(),
    event_name: name,
    identifier,
    livemode: false,
    payload: { stripe_customer_id: customer, value },
    timestamp,
  }
  world.put<'billing.meter_event'>({ ...event, id })
  return event
}
