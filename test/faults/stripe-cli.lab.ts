import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { localStripe, type LocalStripeStore } from '@corbel/adapters/local-stripe'
import { newId, Secret } from '@corbel/core'
import { manualClock } from '@corbel/core/ports'
import type { Projection } from '@corbel/billing/ports'
import { openBilling } from '../billing/billing.fixture.ts'
import { serveGateway } from '../billing/gateway-server.fixture.ts'
import { fakeGateway } from '../billing/fake-gateway.fixture.ts'
import { differencesOfStates, type Ended } from '../billing/history-verdict.fixture.ts'
import { tempFolder } from '../host/temp-folder.fixture.ts'
import { openStorage } from '../storages.ts'
import { expectFault } from './report.fixture.ts'

/** What Stripe's own program is told to trigger, and the event that this is to bring. */
const triggers: readonly (readonly [trigger: string, event?: string])[] = [
  ['customer.created'],
  ['customer.updated'],
  ['customer.subscription.created'],
  ['customer.subscription.updated'],
  ['customer.subscription.deleted'],
  ['customer.subscription.paused'],
  ['customer.subscription.trial_will_end'],
  ['subscription.payment_succeeded', 'invoice.payment_succeeded'],
  ['subscription.payment_failed', 'invoice.payment_failed'],
  ['invoice.created'],
  ['invoice.finalized'],
  ['invoice.paid'],
  ['invoice.payment_succeeded'],
  ['invoice.payment_failed'],
  ['invoice.updated'],
  ['invoice.deleted'],
  ['invoice.voided'],
  ['invoice.sent'],
  ['invoice.marked_uncollectible'],
  ['invoiceitem.created'],
  ['payment_method.attached'],
  ['payment_method.detached'],
  ['product.created'],
  ['product.updated'],
  ['price.created'],
  ['price.updated'],
  ['setup_intent.created'],
]

/** The states that a look at the gateway afterwards must find: of subscriptions and invoices, by the trigger. */
const wanted: Readonly<Record<string, readonly string[]>> = {
  'customer.subscription.created': ['invoice paid', 'subscription active'],
  'customer.subscription.updated': ['invoice paid', 'subscription active'],
  'customer.subscription.deleted': ['invoice paid', 'subscription canceled'],
  'customer.subscription.paused': ['invoice paid', 'subscription paused'],
  'customer.subscription.trial_will_end': ['invoice paid', 'subscription trialing'],
  'subscription.payment_succeeded': ['invoice paid', 'subscription active'],
  'subscription.payment_failed': ['invoice open', 'subscription incomplete'],
  'invoice.created': ['invoice draft'],
  'invoice.finalized': ['invoice open'],
  'invoice.paid': ['invoice paid'],
  'invoice.payment_succeeded': ['invoice paid'],
  'invoice.payment_failed': ['invoice open'],
  'invoice.updated': ['invoice draft'],
  'invoice.voided': ['invoice void'],
  // Made and deleted before anybody here was told of it.
  'invoice.deleted': [],
  'invoice.sent': ['invoice open'],
  'invoice.marked_uncollectible': ['invoice uncollectible'],
}

const require = createRequire(import.meta.url)
const program = require.resolve('@stripe/cli/bin/shim.js')

interface Seen {
  readonly trigger: string
  readonly isTold: boolean
  readonly states: readonly string[]
}

async function trigger(name: string, url: string, home: string): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, [program, 'trigger', name, '--api-base', url], {
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      STRIPE_API_KEY: 'sk_test_of_nobody',
      STRIPE_CLI_TELEMETRY_OPTOUT: '1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  const [code] = (await once(child, 'close')) as [number]
  return { code, output }
}

test("what Stripe's own program triggers comes to us in the right state", async () => {
  const home = tempFolder()
  const secret = new Secret('of the fake gateway')
  let kept: string | null = null
  const store: LocalStripeStore = {
    read: async () => kept,
    write: async (text) => {
      kept = text
    },
  }
  const opened = await openStorage('memory')
  const local = await localStripe({
    webhookSecret: secret,
    store,
    clock: manualClock(new Date('2026-01-01T06:00:00Z')),
    async deliver({ body, signature }) {
      await app.stack.billing.intake.receive(new TextEncoder().encode(body), signature)
      return 200
    },
  })
  const app = await openBilling(opened, {}, { ...fakeGateway(), gateway: local.gateway })
  const server = await serveGateway(local.fetch)
  const { customers, projections } = opened.storage.repositories.billing
  const tenants: Ended['tenants'][number][] = []
  const seen: Seen[] = []
  const failed: string[] = []
  for (const [name, event = name] of triggers) {
    const before = new Set((await local.events()).map(({ id }) => id))
    const { code, output } = await trigger(name, server.url, home)
    if (code !== 0 || !output.includes('Trigger succeeded')) failed.push(`${name}: ${output}`)
    const fresh = (await local.events()).filter(({ id }) => !before.has(id))
    const states: string[] = []
    for (const { type, data } of fresh) {
      if (type !== 'customer.created') continue
      const { id } = await app.stack.tenant.tenants.create({ name, ownerId: newId('usr') })
      const { id: customerId } = data.object as { readonly id: string }
      await customers.insert({ tenantId: id, customerId, createdAt: app.clock.now() })
      tenants.push(id)
    }
    await local.flush()
    await app.dispatch()
    for (const id of tenants.slice(-1)) {
      const all: Projection[] = []
      for (const type of ['invoice', 'subscription'] as const)
        all.push(...(await projections.list(id, type, { limit: 100, after: null })))
      states.push(...new Set(all.map(({ object }) => `${object.type} ${object.value.status}`)))
    }
    seen.push({ trigger: name, isTold: fresh.some(({ type }) => type === event), states })
  }
  server.close()
  const told = await opened.storage.outbox.claim({ limit: 10_000, leaseMs: 1000 })
  const ended = { storage: opened.storage, gateway: local.gateway, tenants, told, reported: new Map() }
  const wrong = await differencesOfStates({ ...ended, world: kept ?? '{}' })
  const untold = seen.filter(({ isTold }) => !isTold).map((each) => each.trigger)
  const astray = seen.filter((each) => {
    const states = wanted[each.trigger]
    return states !== undefined && states.join() !== each.states.toSorted().join()
  })
  // Whoever knows none of the customers is to be found out.
  const blind = { ...ended, storage: (await openStorage('memory')).storage }
  const missed = await differencesOfStates({ ...blind, world: kept ?? '{}' })
  expect(failed).toEqual([])
  const demandsOf = (found: readonly string[]) => ({
    [`every trigger brings its event (${untold.join()})`]: untold.length === 0,
    [`every trigger ends in its state (${astray.map((each) => `${each.trigger}: ${each.states.join()}`).join('; ')})`]:
      astray.length === 0,
    [`we know what the gateway knows (${found.slice(0, 5).join('; ')})`]: found.length === 0,
  })
  expectFault(
    'stripe-cli',
    {
      triggers: triggers.length,
      eventTypes: new Set((await local.events()).map(({ type }) => type)).size,
      events: (await local.events()).length,
      wrong: wrong.length,
      controlWrong: missed.length,
    },
    demandsOf(wrong),
    demandsOf(missed),
  )
}, 600_000)
