import type { Stripe } from 'stripe'
import { answered } from './stripe-errors.ts'
import { idOf } from './stripe-objects.ts'

type Items = Stripe.SubscriptionScheduleUpdateParams.Phase['items']

/** The present phase runs to its end, then one period of `items`, after which the subscription goes on with them by itself. */
export async function scheduleItems(client: Stripe, subscriptionId: string, items: Items, key: string) {
  const schedule = await scheduleOf(client, subscriptionId, key)
  const phase = schedule.phases.find(({ start_date: start }) => start === schedule.current_phase?.start_date)
  const params: Stripe.SubscriptionScheduleUpdateParams = {
    end_behavior: 'release',
    proration_behavior: 'none',
    phases: [
      ...(phase === undefined
        ? []
        : [
            {
              items: phase.items.map(({ price, quantity }) => ({
                price: idOf(price),
                ...(quantity !== undefined && { quantity }),
              })),
              start_date: phase.start_date,
              end_date: phase.end_date,
            },
          ]),
      { items, proration_behavior: 'none' },
    ],
  }
  await answered(
    client.subscriptionSchedules.update(schedule.id, params, { idempotencyKey: `${key}/phases` }),
  )
}

async function scheduleOf(client: Stripe, subscriptionId: string, key: string) {
  const { schedule } = await answered(client.subscriptions.retrieve(subscriptionId))
  if (schedule !== null) return answered(client.subscriptionSchedules.retrieve(idOf(schedule)))
  const params = { from_subscription: subscriptionId }
  return answered(client.subscriptionSchedules.create(params, { idempotencyKey: `${key}/schedule` }))
}

/** Lets go of what was scheduled: Stripe refuses other changes while a schedule rules the subscription. */
export async function releaseSchedule(client: Stripe, subscriptionId: string, key: string): Promise<void> {
  const { schedule } = await answered(client.subscriptions.retrieve(subscriptionId))
  if (schedule === null) return
  const options = { idempotencyKey: `${key}/release` }
  await answered(client.subscriptionSchedules.release(idOf(schedule), {}, options))
}
