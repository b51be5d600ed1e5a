import { GatewayErrors, type GatewayInput, type GatewayOperations } from '@corbel/billing/ports'
import type { Stripe } from 'stripe'
import { answered } from './stripe-errors.ts'
import {
  epoch,
  idOf,
  metadataOf,
  seatsMetadata,
  toCheckout,
  toCustomer,
  toPaymentMethod,
  toSubscription,
} from './stripe-objects.ts'
import { changeParams, itemParams } from './stripe-params.ts'
import { releaseSchedule, scheduleItems } from './stripe-schedules.ts'

/** What the gateway can be told to do, each call under the key of its command, further calls under keys made from it. */
export const stripeOperations = (client: Stripe): GatewayOperations => ({
  async createCustomer({ tenantId, name, email }, key) {
    const params = {
      metadata: metadataOf(key, tenantId),
      ...(name !== undefined && { name }),
      ...(email !== undefined && { email }),
    }
    return toCustomer(await answered(client.customers.create(params, { idempotencyKey: key })))
  },

  async startSubscription(input, key) {
    const params = {
      customer: input.customerId,
      items: itemParams(input.items),
      metadata: { ...metadataOf(key, input.tenantId), ...seatsMetadata(input.chosenSeats) },
      // A card that is declined leaves it `incomplete`, to be paid; without any it is refused.
      payment_behavior: 'allow_incomplete',
      ...(input.trialEnd !== undefined && { trial_end: epoch(input.trialEnd) }),
      ...(input.trialWithoutPayment !== undefined && {
        trial_settings: { end_behavior: { missing_payment_method: input.trialWithoutPayment } },
      }),
    } satisfies Stripe.SubscriptionCreateParams
    return toSubscription(await answered(client.subscriptions.create(params, { idempotencyKey: key })))
  },

  async changeSubscription(input, key) {
    await releaseSchedule(client, input.subscriptionId, key)
    const params = {
      ...changeParams(input),
      // Until the difference is paid for, the old prices stay.
      ...(input.proration === 'now' && { payment_behavior: 'pending_if_incomplete' }),
    }
    const changed = await update(client, input.subscriptionId, params, key)
    return (await keepSeats(client, input, key)) ?? changed
  },

  async scheduleChange(input, key) {
    await scheduleItems(client, input.subscriptionId, itemParams(input.items), key)
    return (await keepSeats(client, input, key)) ?? current(client, input.subscriptionId)
  },

  async cancelScheduledChange({ subscriptionId }, key) {
    await releaseSchedule(client, subscriptionId, key)
    return current(client, subscriptionId)
  },

  async cancelSubscription(input, key) {
    const before = await current(client, input.subscriptionId)
    if (before.endedAt !== null) return before
    if (input.when === 'now') {
      const call = client.subscriptions.cancel(input.subscriptionId, {}, { idempotencyKey: key })
      return toSubscription(await answered(call))
    }
    await releaseSchedule(client, input.subscriptionId, key)
    return update(client, input.subscriptionId, { cancel_at_period_end: true }, key)
  },

  async resumeSubscription({ subscriptionId }, key) {
    const before = await answered(client.subscriptions.retrieve(subscriptionId))
    if (before.ended_at !== null)
      throw GatewayErrors.refused({ detail: 'The subscription has ended: start a new one.' })
    if (before.status === 'paused') {
      const params = { billing_cycle_anchor: { type: 'now' } } as const
      const call = client.subscriptions.resume(subscriptionId, params, { idempotencyKey: key })
      return toSubscription(await answered(call))
    }
    if (before.cancel_at_period_end)
      return update(client, subscriptionId, { cancel_at_period_end: false }, key)
    if (before.cancel_at !== null) return update(client, subscriptionId, { cancel_at: '' }, key)
    return toSubscription(before)
  },

  async createCheckout(input, key) {
    const metadata = metadataOf(key, input.tenantId)
    const params = {
      mode: 'subscription',
      customer: input.customerId,
      client_reference_id: input.tenantId,
      line_items: itemParams(input.items),
      success_url: input.successUrl,
      cancel_url: input.cancelUrl,
      metadata,
      subscription_data: {
        metadata: { ...metadata, ...seatsMetadata(input.chosenSeats) },
        ...(input.trialDays !== undefined && { trial_period_days: input.trialDays }),
      },
    } satisfies Stripe.Checkout.SessionCreateParams
    return toCheckout(await answered(client.checkout.sessions.create(params, { idempotencyKey: key })))
  },

  async expireCheckout({ checkoutId }, key) {
    const before = toCheckout(await answered(client.checkout.sessions.retrieve(checkoutId)))
    if (before.status !== 'open') return before
    const call = client.checkout.sessions.expire(checkoutId, {}, { idempotencyKey: key })
    return toCheckout(await answered(call))
  },

  async openPortal({ customerId, returnUrl }, key) {
    const params = { customer: customerId, return_url: returnUrl }
    const { url } = await answered(client.billingPortal.sessions.create(params, { idempotencyKey: key }))
    return { url }
  },

  async createSetupIntent({ customerId }, key) {
    const params = { customer: customerId, usage: 'off_session' } as const
    const intent = await answered(client.setupIntents.create(params, { idempotencyKey: key }))
    if (intent.client_secret === null)
      throw GatewayErrors.unavailable({ detail: 'There is no client secret.' })
    return { id: intent.id, clientSecret: intent.client_secret }
  },

  async setDefaultPaymentMethod(input, key) {
    await ownPaymentMethod(client, input)
    const params = { invoice_settings: { default_payment_method: input.paymentMethodId } }
    const call = client.customers.update(input.customerId, params, { idempotencyKey: key })
    return toCustomer(await answered(call))
  },

  async detachPaymentMethod(input, key) {
    const method = await ownPaymentMethod(client, input)
    if (method.customer === null) return toPaymentMethod(method)
    const call = client.paymentMethods.detach(input.paymentMethodId, {}, { idempotencyKey: key })
    return toPaymentMethod(await answered(call))
  },
})

const current = async (client: Stripe, id: string) =>
  toSubscription(await answered(client.subscriptions.retrieve(id)))

const update = async (client: Stripe, id: string, params: Stripe.SubscriptionUpdateParams, key: string) =>
  toSubscription(await answered(client.subscriptions.update(id, params, { idempotencyKey: key })))

/** A call of its own: a change that waits for its payment takes no metadata. */
async function keepSeats(
  client: Stripe,
  { subscriptionId, chosenSeats }: Pick<GatewayInput<'changeSubscription'>, 'subscriptionId' | 'chosenSeats'>,
  key: string,
) {
  if (chosenSeats === undefined) return null
  return update(client, subscriptionId, { metadata: seatsMetadata(chosenSeats) }, `${key}/seats`)
}

/** A payment method of another customer is none. One that is detached already belongs to nobody. */
async function ownPaymentMethod(
  client: Stripe,
  { customerId, paymentMethodId }: GatewayInput<'detachPaymentMethod'>,
): Promise<Stripe.PaymentMethod> {
  const method = await answered(client.paymentMethods.retrieve(paymentMethodId))
  if (method.customer !== null && idOf(method.customer) !== customerId) throw GatewayErrors.notFound()
  return method
}
