import type { Secret } from '@corbel/core/ports'
import type { Stripe } from 'stripe'
import type { Delivery, World, WorldEvent } from './world.ts'

/** Hands one delivery to whoever listens; answers the status. */
export type Deliver = (delivery: { readonly body: string; readonly signature: string }) => Promise<number>

/** What the network does to deliveries: each of these with a chance between 0 and 1. */
export interface Chaos {
  /** Where the dice come from; seed it, and a history can be told again. */
  readonly random: () => number
  readonly duplicate?: number
  /** Never arrives, as after the last attempt; the list of events still has it. */
  readonly drop?: number
  readonly reorder?: number
}

/** Seconds until the next attempt. */
const waits = [1, 5, 30, 300, 3600, 6 * 3600]

export interface DeliveryOptions {
  readonly signer: Pick<Stripe['webhooks'], 'generateTestHeaderStringAsync'>
  readonly secret: Secret
  readonly deliver: Deliver
  readonly chaos?: Chaos | undefined
}

/** What came of one delivery. */
export interface Attempt {
  readonly delivery: Delivery
  readonly isAccepted: boolean
}

/** Sends what is due, in the order in which it happened but for chaos. Changes nothing: {@link settle} does. */
export async function sendDue(world: World, options: DeliveryOptions): Promise<readonly Attempt[]> {
  const now = world.realNow()
  const due = disturbed(
    world.state.deliveries.filter(({ dueAt }) => dueAt <= now),
    options.chaos,
  )
  const attempts: Attempt[] = []
  for (const delivery of due) {
    const event = world.state.events.find(({ id }) => id === delivery.eventId)
    const isLost = options.chaos !== undefined && options.chaos.random() < (options.chaos.drop ?? 0)
    const isAccepted = event === undefined || isLost || (await send(world, event, options))
    attempts.push({ delivery, isAccepted })
  }
  return attempts
}

async function send(world: World, event: WorldEvent, { signer, secret, deliver, chaos }: DeliveryOptions) {
  const body = JSON.stringify(event)
  const timestamp = world.realNow()
  const signature = await signer.generateTestHeaderStringAsync({
    payload: body,
    secret: secret.reveal(),
    timestamp,
  })
  const times = chaos !== undefined && chaos.random() < (chaos.duplicate ?? 0) ? 2 : 1
  let isAccepted = false
  for (let time = 0; time < times; time++) {
    // Whoever does not answer has not accepted.
    const status = await deliver({ body, signature }).catch(() => 0)
    isAccepted ||= status >= 200 && status < 300
  }
  return isAccepted
}

export function settle(world: World, { delivery: { eventId, attempts }, isAccepted }: Attempt): void {
  const wait = waits[attempts]
  world.state.deliveries = world.state.deliveries.flatMap((each) => {
    if (each.eventId !== eventId) return [each]
    return isAccepted || wait === undefined
      ? []
      : [{ eventId, attempts: attempts + 1, dueAt: world.realNow() + wait }]
  })
}

function disturbed(due: readonly Delivery[], chaos: Chaos | undefined): readonly Delivery[] {
  const mixed = [...due]
  if (chaos === undefined) return mixed
  for (let index = mixed.length - 1; index > 0; index--) {
    if (chaos.random() >= (chaos.reorder ?? 0)) continue
    const other = Math.floor(chaos.random() * (index + 1))
    const [a, b] = [mixed[index], mixed[other]]
    if (a !== undefined && b !== undefined) [mixed[index], mixed[other]] = [b, a]
  }
  return mixed
}
