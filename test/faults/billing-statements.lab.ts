import { localStripe } from '@corbel/adapters/local-stripe'
import { stripeGateway } from '@corbel/adapters/stripe'
import { auth } from '@corbel/auth'
import { billing } from '@corbel/billing'
import { createStack, fromEnv, newId, Secret } from '@corbel/core'
import { manualClock, silentLogger } from '@corbel/core/ports'
import { tenant } from '@corbel/core/tenant'
import { Stripe } from 'stripe'
import { expect, test } from 'vitest'
import { cheapHasher } from '../auth/cheap-hasher.fixture.ts'
import { peppers } from '../auth/support.fixture.ts'
import { plans, soldPlans } from '../billing/history.fixture.ts'
import { differencesOf } from '../billing/history-verdict.fixture.ts'
import { backends, openStorage, type OpenStorage } from '../storages.ts'
import { piecemeal } from './crash-stack.fixture.ts'
import { expectFault } from './report.fixture.ts'

const webhookSecret = new Secret('whsec_statements')

/** A connection that breaks: before a statement arrives, or before its answer does. */
class Broken extends Error {}

type Moment = 'before' | 'after'

/** A storage whose connection breaks at the n-th statement from the moment that it is told to. */
async function openBreakable() {
  let countdown = Infinity
  let moment: Moment = 'before'
  const pass = (at: Moment) => {
    if (at === moment && --countdown === 0) throw new Broken()
  }
  const [backend = 'pglite' as const] = (await backends()).toReversed()
  const opened = await openStorage(backend, {
    rewrite(sql) {
      pass('before')
      return sql
    },
    answered: () => pass('after'),
  })
  return {
    backend,
    opened,
    /** True when it came so far. */
    async breaking(when: Moment, at: number, work: () => Promise<unknown>): Promise<boolean> {
      moment = when
      countdown = at
      const [ended] = await Promise.allSettled([work()])
      const wasHit = countdown <= 0
      countdown = Infinity
      if (ended.status === 'rejected' && !wasHit) throw ended.reason
      return wasHit
    },
  }
}

async function openApp(opened: OpenStorage, storage: OpenStorage['storage']) {
  await opened.clear()
  const clock = manualClock(new Date('2026-01-01T06:00:00Z'))
  let kept: string | null = await soldPlans()
  const sent: { readonly body: string; readonly signature: string }[] = []
  const local = await localStripe({
    webhookSecret,
    clock,
    store: {
      read: async () => kept,
      write: async (text) => {
        kept = text
      },
    },
    async deliver(delivery) {
      sent.push(delivery)
      return 200
    },
  })
  const client = new Stripe('sk_test_statements', {
    httpClient: Stripe.createFetchHttpClient(local.fetch),
    telemetry: false,
    maxNetworkRetries: 0,
  })
  const gateway = stripeGateway({ client, livemode: false })
  const stack = createStack({
    modules: [
      tenant(),
      auth({ passwords: cheapHasher }),
      billing({ plans, gateway, webhookSecrets: [webhookSecret] }),
    ],
    storage,
    clock,
    logger: silentLogger,
    settings: fromEnv(peppers),
  })
  const { id: tenantId } = await stack.tenant.tenants.create({ name: 'Acme', ownerId: newId('usr') })
  const { intake, dispatcher, commands, subscriptions } = stack.billing
  return {
    clock,
    dispatcher,
    commands,
    start: () => subscriptions.start({ tenantId }, { planCode: 'starter', interval: 'month' }),
    async receiveAll() {
      await local.flush()
      for (const { body, signature } of sent) await intake.receive(new TextEncoder().encode(body), signature)
    },
    async verdict(): Promise<readonly string[]> {
      const told = await opened.storage.outbox.claim({ limit: 1000, leaseMs: 1000 })
      const ended = { storage: opened.storage, gateway, tenants: [tenantId], told }
      return differencesOf({ ...ended, reported: new Map(), world: kept ?? '{}' })
    },
  }
}

type App = Awaited<ReturnType<typeof openApp>>

/** Each begins after those before it were done without a fault. */
const flows: Readonly<Record<string, (app: App) => Promise<unknown>>> = {
  command: (app) => app.start(),
  intake: (app) => app.receiveAll(),
  dispatch: (app) => app.dispatcher.dispatchDue(),
}
const names = Object.keys(flows)

test('whichever statement of billing breaks, before or after it is executed, everything is done in the end, and once', async () => {
  const { backend, opened, breaking } = await openBreakable()

  /** Breaks a flow at each of its statements, and looks at what came of it when everybody has tried again. */
  async function breakEverywhere(name: string, when: Moment, storage: OpenStorage['storage']) {
    const wrong: string[] = []
    for (let at = 1; ; at++) {
      const app = await openApp(opened, storage)
      for (const earlier of names.slice(0, names.indexOf(name))) await flows[earlier]?.(app)
      const wasHit = await breaking(when, at, async () => flows[name]?.(app))
      // Whoever was told of a failure tries again; what nobody was told of is found when its lease has run out.
      app.clock.advance('2m')
      await app.commands.recoverDue()
      await app.start().catch(() => {})
      await app.receiveAll()
      app.clock.advance('3h')
      await app.dispatcher.dispatchDue()
      wrong.push(...(await app.verdict()).map((what) => `${name} at ${at}, ${when}: ${what}`))
      if (!wasHit) return { points: at - 1, wrong }
    }
  }

  const points: Record<string, number> = {}
  const wrong: string[] = []
  for (const name of names)
    for (const when of ['before', 'after'] as const) {
      const found = await breakEverywhere(name, when, opened.storage)
      points[`${name} ${when}`] = found.points
      wrong.push(...found.wrong)
    }
  const bad = await breakEverywhere('dispatch', 'before', piecemeal(opened.storage))
  await opened.close()
  expect(Math.min(...Object.values(points))).toBeGreaterThanOrEqual(5)
  const demandsOf = (found: readonly string[]) => ({
    [`both sides are alike, and nothing happened twice (${found.slice(0, 5).join('; ')})`]:
      found.length === 0,
  })
  expectFault(
    'billing-statements',
    { backend, ...points, wrong: wrong.length, controlWrong: bad.wrong.length },
    demandsOf(wrong),
    demandsOf(bad.wrong),
  )
}, 1_200_000)
