import { createCheckout, createPortal, expireCheckout } from './checkout.ts'
import {
  createMeter,
  createMeterEvent,
  createPrice,
  createProduct,
  updatePrice,
  updateProduct,
} from './catalogue.ts'
import {
  attach,
  confirmSetupIntent,
  createCustomer,
  createPaymentMethod,
  createSetupIntent,
  detach,
  updateCustomer,
} from './customers.ts'
import { missing } from './api-error.ts'
import type { Params } from './form.ts'
import { listed } from './listing.ts'
import {
  createInvoice,
  createInvoiceItem,
  deleteInvoice,
  markUncollectible,
  sendInvoice,
  updateInvoice,
} from './one-off-invoices.ts'
import { pay } from './payments.ts'
import { finalized, voided } from './invoices.ts'
import { previewInvoice } from './preview.ts'
import { createSchedule, releaseSchedule, updateSchedule } from './schedules.ts'
import {
  cancelSubscription,
  createSubscription,
  deleteCustomer,
  resumeSubscription,
  updateSubscription,
} from './subscriptions.ts'
import type { Kind, World } from './world.ts'

type Handler = (world: World, params: Params, id: string) => unknown

const kinds: Readonly<Record<string, Kind>> = {
  customers: 'customer',
  products: 'product',
  prices: 'price',
  'billing/meters': 'billing.meter',
  payment_methods: 'payment_method',
  setup_intents: 'setup_intent',
  subscriptions: 'subscription',
  subscription_schedules: 'subscription_schedule',
  invoices: 'invoice',
  invoiceitems: 'invoiceitem',
  'checkout/sessions': 'checkout.session',
}

/** `:` stands for an id. */
const routes: Readonly<Record<string, Handler>> = {
  ...Object.fromEntries(
    Object.entries(kinds).flatMap(([path, kind]): [string, Handler][] => [
      [`GET ${path}`, (world, params) => listed(world, kind, params, `/v1/${path}`)],
      [`GET ${path}/:`, (world, _, id) => world.get(kind, id)],
    ]),
  ),
  'POST customers': (world, params) => createCustomer(world, params),
  'GET customers/:': (world, _, id) => world.deletedCustomer(id) ?? world.get('customer', id),
  'POST customers/:': updateCustomer,
  'DELETE customers/:': (world, _, id) => deleteCustomer(world, id),
  'GET customers/:/payment_methods': (world, params, id) => {
    world.get('customer', id)
    return listed(world, 'payment_method', params, `/v1/customers/${id}/payment_methods`, { customer: id })
  },
  'POST products': (world, params) => createProduct(world, params),
  'POST products/:': updateProduct,
  'POST prices': (world, params) => createPrice(world, params),
  'POST prices/:': updatePrice,
  'POST billing/meters': (world, params) => createMeter(world, params),
  'POST billing/meter_events': (world, params) => createMeterEvent(world, params),
  'POST payment_methods': (world, params) => createPaymentMethod(world, params),
  'POST payment_methods/:/attach': (world, params, id) => attach(world, params.required('customer'), id),
  'POST payment_methods/:/detach': (world, _, id) => detach(world, id),
  'POST setup_intents': (world, params) => createSetupIntent(world, params),
  'POST setup_intents/:/confirm': confirmSetupIntent,
  'POST subscriptions': (world, params) => createSubscription(world, params),
  'POST subscriptions/:': updateSubscription,
  'DELETE subscriptions/:': (world, _, id) => cancelSubscription(world, id),
  'POST subscriptions/:/resume': (world, _, id) => resumeSubscription(world, id),
  'POST subscription_schedules': (world, params) => createSchedule(world, params),
  'POST subscription_schedules/:': updateSchedule,
  'POST subscription_schedules/:/release': (world, _, id) => releaseSchedule(world, id),
  'POST invoiceitems': (world, params) => createInvoiceItem(world, params),
  'POST invoices': (world, params) => createInvoice(world, params),
  'POST invoices/:': updateInvoice,
  'DELETE invoices/:': (world, _, id) => deleteInvoice(world, id),
  'POST invoices/:/send': (world, _, id) => sendInvoice(world, id),
  'POST invoices/:/mark_uncollectible': (world, _, id) => markUncollectible(world, id),
  'POST invoices/create_preview': (world, params) => previewInvoice(world, params),
  'POST invoices/:/finalize': (world, _, id) => finalized(world, world.get('invoice', id)),
  'POST invoices/:/pay': (world, params, id) => pay(world, params, id),
  'POST invoices/:/void': (world, _, id) => voided(world, world.get('invoice', id)),
  'POST checkout/sessions': (world, params) => createCheckout(world, params),
  'POST checkout/sessions/:/expire': (world, _, id) => expireCheckout(world, id),
  'POST billing_portal/sessions': (world, params) => createPortal(world, params),
  'GET events': (world, params) => listed(world, 'event', params, '/v1/events'),
  'GET events/:': (world, _, id) => {
    const event = world.state.events.find((each) => each.id === id)
    if (event === undefined) throw missing('event', id)
    return event
  },
}

/** What answers a request, and the id in its address; null when nothing does. */
export function routeOf(
  method: string,
  path: string,
): { readonly handle: Handler; readonly id: string } | null {
  const exact = routes[`${method} ${path}`]
  if (exact !== undefined) return { handle: exact, id: '' }
  const parts = path.split('/')
  for (const [index, id] of parts.entries()) {
    const handle = routes[`${method} ${parts.with(index, ':').join('/')}`]
    if (handle !== undefined) return { handle, id: decodeURIComponent(id) }
  }
  return null
}
