import {
  type LocalStripe,
  localStripe,
  type LocalStripeStore,
  memoryStore,
} from '@corbel/adapters/local-stripe'
import { stripeGateway } from '@corbel/adapters/stripe'
import { auth } from '@corbel/auth'
import { applyCatalog, billing, definePlans } from '@corbel/billing'
import type { PaymentGateway } from '@corbel/billing/ports'
import { createStack, DomainError, fromEnv, type Id, newId, Secret } from '@corbel/core'
import { manualClock, silentLogger } from '@corbel/core/ports'
import { tenant } from '@corbel/core/tenant'
import { Stripe } from 'stripe'
import { cheapHasher } from '../auth/cheap-hasher.fixture.ts'
import { peppers } from '../auth/support.fixture.ts'
import type { OpenStorage } from '../storages.ts'
import { differencesOf } from './history-verdict.fixture.ts'
import { seeded } from './seeded.ts'

const secret = new Secret('whsec_history')
const meter = 'api-calls'

export const plans = definePlans([
  {
    code: 'starter',
    name: 'Starter',
    summary: '',
    trialDays: 14,
    seats: { included: 1, max: 10 },
    prices: [
      { interval: 'month', currency: 'usd', unitAmount: '2000', per: 'seat' },
      { interval: 'year', currency: 'usd', unitAmount: '20000', per: 'seat' },
    ],
    entitlements: {},
  },
  {
    code: 'pro',
    name: 'Pro',
    summary: '',
    trialDays: 0,
    seats: { included: 1, max: null },
    prices: [
      { interval: 'month', currency: 'usd', unitAmount: '9900', per: 'seat' },
      { interval: 'month', currency: 'usd', unitAmount: '0.4', per: { meter } },
    ],
    entitlements: {},
  },
])

const beginning = new Date('2026-01-01T06:00:00Z')

let sold: Promise<string> | undefined

/** What a gateway keeps that sells the plans, to begin with. */
export const soldPlans = (): Promise<string> => (sold ??= sellPlans())

async function sellPlans(): Promise<string> {
  const store = memoryStore()
  const local = await localStripe({ webhookSecret: secret, store, clock: manualClock(beginning) })
  await applyCatalog(plans, local.gateway.catalog)
  return (await store.read()) ?? ''
}

/** What is done to a stack and its gateway, as a failure of the code under test would; for controls. */
export interface Disturbance {
  readonly storage?: (storage: OpenStorage['storage']) => OpenStorage['storage']
  readonly gateway?: (gateway: PaymentGateway) => PaymentGateway
}

export interface History {
  readonly seed: number
  readonly steps: readonly string[]
  /** Events that the gateway has made. */
  readonly events: number
  /** Where we and the gateway differ, or something happened twice; none is right. */
  readonly wrong: readonly string[]
}

/**
 * Lives through one random history of two tenants: what they, their portal and time do, in any order and at once, while requests and
 * answers get lost and deliveries are dropped, doubled and shuffled. Then the network heals, and both sides are compared.
 */
export async function live(
  seed: number,
  { storage: given }: Pick<OpenStorage, 'storage'>,
  disturb: Disturbance = {},
): Promise<History> {
  const random = seeded(seed)
  const pick = <T>(...from: readonly [T, ...T[]]): T => from[Math.floor(random() * from.length)] ?? from[0]
  const clock = manualClock(beginning)
  let isHealed = false
  const chance = (part: number) => (isHealed ? 0 : part)
  let kept: string | null = await soldPlans()
  const store: LocalStripeStore = {
    read: async () => kept,
    write: async (text) => {
      kept = text
    },
  }
  const receive = (body: string, signature: string) =>
    stack.billing.intake.receive(new TextEncoder().encode(body), signature)
  const local: LocalStripe = await localStripe({
    webhookSecret: secret,
    clock,
    store,
    chaos: {
      random: () => (isHealed ? 1 : random()),
      duplicate: 0.2,
      drop: 0.15,
      reorder: 0.5,
    },
    deliver: async ({ body, signature }) => {
      await receive(body, signature)
      // Accepted, and the answer is lost: it comes again.
      return random() < chance(0.1) ? 500 : 200
    },
    fault: () =>
      random() < chance(0.08) ? pick('no-request', 'no-answer', 'no-answer', 'busy', 'broken') : undefined,
  })
  const client = new Stripe('sk_test_history', {
    httpClient: Stripe.createFetchHttpClient(local.fetch),
    telemetry: false,
    maxNetworkRetries: 0,
  })
  const honest = stripeGateway({ client, livemode: false })
  const storage = disturb.storage?.(given) ?? given
  const stack = createStack({
    modules: [
      tenant(),
      auth({ passwords: cheapHasher }),
      billing({
        plans,
        gateway: disturb.gateway?.(honest) ?? honest,
        webhookSecrets: [secret],
      }),
    ],
    storage,
    clock,
    logger: silentLogger,
    settings: fromEnv(peppers),
  })
  const { subscriptions, payments, usage, usageExport, dispatcher, commands, inbox } = stack.billing
  const { customers, inbox: rows } = given.repositories.billing
  const tenants: Id<'ten'>[] = []
  for (const name of ['Acme', 'Bolt'])
    tenants.push((await stack.tenant.tenants.create({ name, ownerId: newId('usr') })).id)

  const reported = new Map<string, { readonly tenantId: Id<'ten'>; readonly quantity: string }>()
  const own = () => ({ tenantId: pick(...(tenants as [Id<'ten'>, Id<'ten'>])) })
  const customerOf = async ({ tenantId }: { readonly tenantId: Id<'ten'> }) =>
    (await customers.find(tenantId))?.customerId ?? ''
  const lastOf = async (who: { readonly tenantId: Id<'ten'> }) => {
    const { data } = await client.subscriptions.list({ customer: await customerOf(who), limit: 1 })
    return data[0]?.id ?? 'sub_none'
  }

  const deeds: Readonly<Record<string, () => Promise<unknown>>> = {
    start: () =>
      subscriptions.start(own(), {
        ...pick(
          { planCode: 'starter', interval: 'month' },
          { planCode: 'starter', interval: 'year' },
          { planCode: 'pro', interval: 'month' },
        ),
        seats: pick(1, 2, 5),
        ...pick({}, { trialDays: 0 }, { trialDays: 7 }),
      }),
    change: () =>
      subscriptions.changePlan(own(), {
        planCode: pick('starter', 'pro'),
        seats: pick(1, 3),
        when: pick('now', 'now', 'period-end'),
        settle: pick('now', 'next-invoice'),
      }),
    seats: () => subscriptions.changeSeats(own(), pick(1, 2, 7)),
    cancel: () => subscriptions.cancel(own(), { when: pick('now', 'period-end', 'period-end') }),
    resume: () => subscriptions.resume(own()),
    async checkout() {
      const { id } = await payments.checkout(own(), {
        planCode: 'starter',
        interval: 'month',
        successPath: '/done',
        cancelPath: '/no',
      })
      await local.completeCheckout(id, pick('pm_card_visa', 'pm_card_visa', 'pm_card_chargeCustomerFail'))
    },
    async card() {
      await local.giveCard(
        await customerOf(own()),
        pick('pm_card_visa', 'pm_card_visa', 'pm_card_chargeCustomerFail'),
      )
    },
    async 'portal: cancel'() {
      const at = Math.floor(clock.now().getTime() / 1000) + 86_400 * pick(3, 20)
      await client.subscriptions.update(await lastOf(own()), { cancel_at: at })
    },
    'portal: end': async () => client.subscriptions.cancel(await lastOf(own())),
    async 'portal: pay'() {
      const { data } = await client.invoices.list({ customer: await customerOf(own()), limit: 1 })
      await client.invoices.pay(data[0]?.id ?? 'in_none')
    },
    async usage() {
      const { tenantId } = own()
      const idempotencyKey = `${tenantId} ${pick(1, 2, 3, 4, 5, 6)}`
      const quantity = reported.get(idempotencyKey)?.quantity ?? String(pick(1, 20, 300) / 4)
      await usage.record(tenantId, { featureKey: meter, quantity, idempotencyKey })
      reported.set(idempotencyKey, { tenantId, quantity })
    },
    report: () => usageExport.reportDue(),
    dispatch: () => dispatcher.dispatchDue(),
    deliver: () => local.flush(),
    recover: () => commands.recoverDue(),
    replay: () => inbox.replay({ dryRun: false, type: 'customer.subscription.updated' }),
  }
  const names = Object.keys(deeds) as [string, ...string[]]
  const wrong: string[] = []
  const take = async (name: string): Promise<void> => {
    try {
      await deeds[name]?.()
    } catch (error) {
      // A refusal, the gateway's no, a card's no: part of life. Anything else is a bug.
      const isLife =
        error instanceof DomainError || error instanceof Stripe.errors.StripeError || isOfGateway(error)
      if (!isLife) wrong.push(`${name}: ${String(error)}`)
    }
  }

  const steps: string[] = []
  for (let count = 10 + Math.floor(random() * 20); count > 0; count--) {
    const together = Array.from({ length: pick(1, 1, 1, 2, 4) }, () => pick(...names))
    const pause = pick('0s', '0s', '0s', '1s', '20s', '10m', '1h', '2d', '16d', '33d')
    steps.push(`${together.join(' + ')}, ${pause}`)
    await Promise.all(together.map(take))
    // Every minute of a long time, in life.
    if (pause.endsWith('d')) await take('report')
    clock.advance(pause)
  }

  isHealed = true
  await settle()
  return { seed, steps, events: (await local.events()).length, wrong: [...wrong, ...(await compare())] }

  /** Until nobody has anything left to say, or for as long as half a day of attempts takes. */
  async function settle(): Promise<void> {
    for (let round = 0; round < 40; round++) {
      await resendLost()
      await local.flush()
      const busy = [
        await commands.recoverDue(),
        await dispatcher.dispatchDue(),
        await usageExport.reportDue(),
        await resendLost(),
        (await rows.depth()).pending,
      ]
      if (round > 2 && busy.every((count) => count === 0)) return
      clock.advance('61m')
    }
  }

  /** What the gateway's operators do for deliveries that never arrived. */
  async function resendLost(): Promise<number> {
    let count = 0
    for (const event of await local.events()) {
      if ((await rows.find({ account: 'self', id: event.id })) !== null) continue
      const payload = JSON.stringify(event)
      const timestamp = Math.floor(clock.now().getTime() / 1000)
      const key = { payload, secret: secret.reveal(), timestamp }
      await receive(payload, await Stripe.webhooks.generateTestHeaderStringAsync(key))
      count++
    }
    return count
  }

  async function compare(): Promise<readonly string[]> {
    const told = await given.outbox.claim({ limit: 100_000, leaseMs: 1000 })
    await given.outbox.settle(told.map(({ id }) => id))
    return differencesOf({ storage: given, gateway: honest, tenants, told, reported, world: kept ?? '{}' })
  }
}

const isOfGateway = (error: unknown): boolean =>
  error instanceof Error && error.constructor.name === 'ApiError'
