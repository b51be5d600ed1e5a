import type { GatewaySubscription } from '@corbel/billing/ports'
import { manualClock, Secret } from '@corbel/core'
import { Stripe } from 'stripe'
import { stripeContract } from '../../../../test/stripe-contract/contract.ts'
import { checkedFetch } from '../../../../test/stripe-contract/checked-fetch.ts'
import { stripeGateway } from '../stripe/stripe-gateway.ts'
import { parseForm } from './form.ts'
import { localStripe, type LocalStripeOptions } from './local-stripe.ts'

export const webhookSecret = new Secret('whsec_local_test')

/** A local Stripe with a clock that stands still, behind a client whose every call is held to the contract. */
export async function openLocal(options: Partial<LocalStripeOptions> = {}) {
  const clock = manualClock()
  const local = await localStripe({ webhookSecret, clock, ...options })
  const checked = checkedFetch(local.fetch, parseForm)
  const client = new Stripe('sk_test_checked', {
    httpClient: Stripe.createFetchHttpClient(checked.fetch),
    telemetry: false,
    maxNetworkRetries: 0,
  })
  const gateway = stripeGateway({ client, livemode: false })
  return { ...local, clock, client, gateway, violations: checked.violations, calls: checked.calls }
}

export type Local = Awaited<ReturnType<typeof openLocal>>

/** Two plans a month, one a year, and one by use. */
export async function sell({ gateway: { catalog } }: Local) {
  const product = await catalog.createProduct({ planCode: 'pro', name: 'Pro' }, 'product/pro')
  const meter = await catalog.createMeter({ eventName: 'tokens', name: 'Tokens' }, 'meter/tokens')
  const price = (lookupKey: string, unitAmount: string, interval: 'month' | 'year' = 'month') =>
    catalog.createPrice(
      { productId: product.id, lookupKey, unitAmount, currency: 'usd', interval, intervalCount: 1 },
      `price/${lookupKey}`,
    )
  return {
    starter: await price('starter', '2000'),
    pro: await price('pro', '9900'),
    yearly: await price('yearly', '99000', 'year'),
    byUse: await catalog.createPrice(
      {
        productId: product.id,
        lookupKey: 'tokens',
        unitAmount: '0.5',
        currency: 'usd',
        interval: 'month',
        intervalCount: 1,
        meterId: meter.id,
      },
      'price/tokens',
    ),
  }
}

/** A customer with a card, or without one. */
export async function customerWith(local: Local, card: string | null = 'pm_card_visa') {
  const customer = await local.gateway.createCustomer(
    { tenantId: 'ten_1', email: 'a@example.test' },
    'customer/1',
  )
  if (card !== null) await local.giveCard(customer.id, card)
  return customer.id
}

export const statusOf = async ({ gateway }: Local, { id }: Pick<GatewaySubscription, 'id'>) => {
  const found = await gateway.retrieve('subscription', id)
  return found?.type === 'subscription' ? found.value.status : null
}

const definitions: Readonly<Record<string, string>> = {
  customer: 'Customers::Customer',
  product: 'Products::Product',
  price: 'Prices::Price',
  subscription: 'Subscriptions::Subscription',
  subscription_schedule: 'SubscriptionSchedules::SubscriptionSchedule',
  invoice: 'Invoices::Invoice',
  invoiceitem: 'InvoiceItems::InvoiceItem',
  payment_method: 'PaymentMethods::PaymentMethod',
  setup_intent: 'SetupIntents::SetupIntent',
  'checkout.session': 'Checkout_Sessions::Session',
}

/** @throws Error for any call, and any object of an event, that the stripe package does not know like that. */
export async function assertContract(local: Pick<Local, 'violations' | 'events'>): Promise<void> {
  const contract = stripeContract()
  const wrong = (await local.events()).flatMap(({ type, data }) => {
    const object = data.object as { readonly object: string }
    const name = definitions[object.object]
    return name === undefined ? [] : contract.checkObject(name, object).map((what) => `${type}: ${what}`)
  })
  const all = [...local.violations, ...wrong]
  if (all.length > 0) throw new Error(`Not like Stripe:\n${all.join('\n')}`)
}
