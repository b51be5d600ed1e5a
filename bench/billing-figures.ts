import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawnHost } from '../examples/reference-host/src/spawn-host.ts'
import type { BillingOrder, Sent } from './billing-load.ts'
import { recordBilling } from './billing-recording.ts'
import { betterAuthSide, connectAside, ourSide, secret, type Side, syncEngineSide } from './billing-sides.ts'
import { RecordingCopies } from './billing-slice.ts'
import type { BenchDatabase } from './database.ts'
import type { Figure } from './figure.ts'
import { cheapest, type Cost, type Subject } from './measure.ts'
import { cores, pin, startWorker } from './processes.ts'

/** The events that both peers apply. */
const subscriptionEvents = [
  'checkout.session.completed',
  'customer.subscription.created',
  'customer.subscription.updated',
  'customer.subscription.deleted',
]

/** About 2,300 events of 21 types, and 1,900 of those above. */
const mixes = {
  all: { copies: 2 },
  subscriptions: { copies: 6, types: subscriptionEvents },
} satisfies Record<string, Pick<BillingOrder, 'copies' | 'types'>>
type Mix = keyof typeof mixes

const hostName = 'billing-host'

/** B3 and B4: webhooks verified and applied, beside two that do it too. */
export async function billingFigures(database: BenchDatabase, rounds: number): Promise<readonly Figure[]> {
  const recording = await recordBilling()
  const stripe = await startWorker('billing-load.ts', cores.rest)
  await stripe.ask({ recording })
  const folder = mkdtempSync(join(tmpdir(), 'corbel-bench-'))
  const host = await spawnHost({
    CORBEL_DATA_DIR: folder,
    DATABASE_URL: database.url(hostName),
    STRIPE_SECRET_KEY: 'sk_test_bench',
    STRIPE_BASE_URL: stripe.greeting as string,
    STRIPE_WEBHOOK_SECRET: secret,
  })
  pin(host.child.pid, cores.subject)
  const aside = await connectAside(database)
  try {
    return await besidePeers()
  } finally {
    await aside.end()
    await host.end()
    await stripe.close()
    rmSync(folder, { recursive: true, force: true })
  }

  async function besidePeers(): Promise<readonly Figure[]> {
    const copies = new RecordingCopies(recording)
    const customers = recording.events.flatMap(({ type, data }) =>
      type === 'customer.created' ? [(data.object as { readonly id: string }).id] : [],
    )
    let copy = 0
    /** Objects whose state was not that of Stripe after the worst slice of a subject. */
    const wrong = new Map<string, string>()

    const subject = (side: Side, label: string, mix: Mix): Subject => {
      const order = { url: side.url, secret, ...mixes[mix] }
      const work = side.measured.subject(mix, async () => {
        const sent = await stripe.ask<Sent>('send')
        const more = await side.settled()
        return { operations: sent.operations, seconds: sent.seconds + more }
      })
      return {
        async slice() {
          const slices = Array.from({ length: order.copies }, () => ++copy)
          await side.know(slices.flatMap((one) => customers.map((customer) => copies.of(one, customer))))
          await stripe.ask({ prepare: { ...order, firstCopy: slices[0] ?? 0 } })
          const slice = await work.slice()
          const final = slices.flatMap((one) =>
            Object.values(recording.objects)
              .filter(({ object }) => mix === 'all' || object === 'subscription')
              .map(({ id, status }) => [copies.of(one, id), status] as const),
          )
          const known = await side.states(final.map(([id]) => id))
          const differing = final.filter(([id, status]) => known.get(id) !== status).length
          if (side === ours && differing > 0) throw new Error(`${differing} objects have a wrong state.`)
          wrong.set(label, `${differing} of ${final.length}`)
          return slice
        },
        close: async () => {},
      }
    }

    const ours = ourSide(database, aside, hostName, host)
    const syncEngine = await syncEngineSide(database, aside, stripe.greeting as string)
    // One after the other: both have the tables of one schema.
    const betterAuth = await betterAuthSide(database, aside, 'default', recording)
    const storing = await betterAuthSide(database, aside, 'stored', recording)
    const costs = await cheapest(
      {
        ours: subject(ours, 'ours', 'all'),
        sync: subject(syncEngine, 'sync', 'all'),
        storing: subject(storing, 'storing', 'all'),
        ourSubscriptions: subject(ours, 'ourSubscriptions', 'subscriptions'),
        syncSubscriptions: subject(syncEngine, 'syncSubscriptions', 'subscriptions'),
        betterAuth: subject(betterAuth, 'betterAuth', 'subscriptions'),
      },
      rounds,
    )
    for (const side of [syncEngine, betterAuth, storing]) await side.close()
    const micros = (side: Side, mix: Mix) => 1e6 / (side.measured.rates.get(mix) ?? 0)
    const pair = (
      id: string,
      what: string,
      limit: string,
      mix: Mix,
      [theirs, theirCost, label]: readonly [Side, Cost, string],
      ourCost: Cost,
    ): readonly Figure[] => [
      {
        id,
        what,
        limit,
        goal: 0.5,
        raw: theirCost.total,
        ours: ourCost.total,
        facts: `objects that were left in another state than that of Stripe, or not kept: ${wrong.get(label)}; of ours none`,
        parts: { raw: theirCost, ours: ourCost },
      },
      {
        id: `${id} time`,
        what: `${what}: time for each`,
        limit,
        goal: 0.5,
        raw: micros(theirs, mix),
        ours: micros(ours, mix),
      },
    ]
    const each = 'webhook verified, stored and applied, of 21 types'
    const some = 'webhook of a subscription verified and applied'
    return [
      ...pair(
        'B3',
        each,
        '@supabase/stripe-sync-engine 0.48.5',
        'all',
        [syncEngine, costs.sync, 'sync'],
        costs.ours,
      ),
      ...pair(
        'B3 better-auth',
        each,
        '@better-auth/stripe 1.7.6 that stores the events in its hook',
        'all',
        [storing, costs.storing, 'storing'],
        costs.ours,
      ),
      ...pair(
        'B4',
        some,
        '@supabase/stripe-sync-engine 0.48.5',
        'subscriptions',
        [syncEngine, costs.syncSubscriptions, 'syncSubscriptions'],
        costs.ourSubscriptions,
      ),
      ...pair(
        'B4 better-auth',
        some,
        '@better-auth/stripe 1.7.6 as it comes',
        'subscriptions',
        [betterAuth, costs.betterAuth, 'betterAuth'],
        costs.ourSubscriptions,
      ),
    ]
  }
}
