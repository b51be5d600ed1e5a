import { localStripe, type LocalStripeOptions, memoryStore } from '@corbel/adapters/local-stripe'
import { stripeGateway } from '@corbel/adapters/stripe'
import { auth } from '@corbel/auth'
import { applyCatalog, billing, defaultPlans } from '@corbel/billing'
import type { GatewayInput, PaymentGateway } from '@corbel/billing/ports'
import { createStack, fromEnv, type Id, newId, Secret } from '@corbel/core'
import { manualClock, racers, silentLogger } from '@corbel/core/ports'
import { tenant } from '@corbel/core/tenant'
import { Stripe } from 'stripe'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cheapHasher } from '../auth/cheap-hasher.fixture.ts'
import { peppers } from '../auth/support.fixture.ts'
import { backends, openStorage, type OpenStorage, openTimeout } from '../storages.ts'

const webhookSecret = new Secret('whsec_local')
const hour = 3_600_000

/** A process dies where this is thrown. */
class Killed extends Error {}

describe.each(await backends())('commands to the gateway on %s', (backend) => {
  let opened: OpenStorage
  beforeAll(async () => {
    opened = await openStorage(backend)
  }, openTimeout)
  afterAll(() => opened?.close())

  async function open(fault?: LocalStripeOptions['fault'], disturbed = (gateway: PaymentGateway) => gateway) {
    await opened.clear()
    const clock = manualClock(new Date('2026-01-01T06:00:00Z'))
    let now = fault
    const local = await localStripe({
      webhookSecret,
      clock,
      store: memoryStore(),
      fault: (request) => now?.(request),
    })
    const client = new Stripe('sk_test_local', {
      httpClient: Stripe.createFetchHttpClient(local.fetch),
      telemetry: false,
      maxNetworkRetries: 0,
    })
    const { storage } = opened
    const gateway = disturbed(stripeGateway({ client, livemode: false }))
    /** Another process over the same database: what it has in memory is new. */
    const start = (over = gateway, through = storage) =>
      createStack({
        modules: [
          tenant(),
          auth({ passwords: cheapHasher }),
          billing({ gateway: over, webhookSecrets: [webhookSecret] }),
        ],
        storage: through,
        clock,
        logger: silentLogger,
        settings: fromEnv(peppers),
      })
    const stack = start()
    const { prices } = await applyCatalog(defaultPlans, local.gateway.catalog)
    const priceId = prices['corbel:starter:seat:month:usd'] ?? ''
    const { id: tenantId } = await stack.tenant.tenants.create({ name: 'Acme', ownerId: newId('usr') })
    const { customers, commands, projections } = storage.repositories.billing
    const newCustomer = (from = stack) =>
      from.billing.commands.run({ tenantId, lane: 'customer' }, async (scope) =>
        (await scope.customers.find(tenantId))
          ? null
          : { operation: 'createCustomer', input: { tenantId, name: 'Acme' } },
      )
    const subscribe = (input: Partial<GatewayInput<'startSubscription'>> = {}, from = stack) =>
      from.billing.commands.run({ tenantId, lane: 'subscription' }, async (scope) => {
        const { customerId } = (await scope.customers.find(tenantId)) ?? { customerId: '' }
        return {
          operation: 'startSubscription',
          input: { customerId, tenantId, items: [{ priceId, quantity: 1 }], ...input },
        }
      })
    const made = async (type: string) => (await local.events()).filter((event) => event.type === type).length
    const cards = async () => {
      const found = await customers.find(tenantId)
      await local.giveCard(found?.customerId ?? '', 'pm_card_visa')
    }
    return {
      clock,
      local,
      gateway,
      stack,
      start,
      tenantId,
      customers,
      commands,
      projections,
      newCustomer,
      subscribe,
      made,
      cards,
      priceId,
      faulty: (next: LocalStripeOptions['fault']) => {
        now = next
      },
      ended: async () =>
        (await storage.outbox.claim({ limit: 1000, leaseMs: 1000 }))
          .filter(({ type }) => type.startsWith('billing.change'))
          .map(({ type, payload }) => ({ type, ...(payload as object) })),
    }
  }

  const keyOf = (tenantId: Id<'ten'>, id: string | undefined) => `local:${tenantId}:${id}`

  test('pitfall 13: a customer asked for by many at once is made once', async () => {
    const { newCustomer, made, customers, tenantId } = await open()
    const answers = await Promise.allSettled(Array.from({ length: racers }, () => newCustomer()))
    const refused = answers.flatMap((answer) =>
      answer.status === 'rejected' ? [(answer.reason as { readonly code: string }).code] : [],
    )
    expect(refused.filter((code) => code !== 'billing/change-in-progress')).toEqual([])
    expect(await made('customer.created')).toBe(1)
    expect(await customers.find(tenantId)).toMatchObject({ tenantId })
  })

  // Two connections: the second one works while the first is in its transaction.
  test.skipIf(backend !== 'postgres')(
    'pitfall 13: a customer that was made after the look for it, and before the command, is not made again',
    async () => {
      const { newCustomer, made, stack, tenantId } = await open()
      let looks = 0
      const looked = Promise.withResolvers<void>()
      // Begun out here: within, it would belong to the transaction.
      const first = looked.promise.then(() => newCustomer())
      const second = stack.billing.commands.run({ tenantId, lane: 'customer' }, async (scope) => {
        const found = await scope.customers.find(tenantId)
        looks++
        looked.resolve()
        await first
        return found ? null : { operation: 'createCustomer', input: { tenantId, name: 'Acme' } }
      })
      await expect(second).rejects.toMatchObject({ code: 'billing/change-in-progress' })
      expect([await made('customer.created'), looks]).toEqual([1, 2])
    },
  )

  test('a subscription is known when its command returns', async () => {
    const { newCustomer, subscribe, cards, projections, tenantId, commands } = await open()
    await newCustomer()
    await cards()
    const { id = '' } = (await subscribe()) ?? {}
    expect(await projections.find(tenantId, 'subscription', id)).toMatchObject({
      object: { value: { status: 'active' } },
      version: 1,
    })
    const last = await commands.findLast(tenantId, 'startSubscription')
    expect(last).toMatchObject({ resultId: id, key: keyOf(tenantId, last?.id) })
  })

  test.each([
    ['before it is sent', 'no-request'],
    ['before the answer', 'no-answer'],
  ] as const)('pitfall 12: a process that dies %s leaves one subscription', async (_, fault) => {
    const { newCustomer, subscribe, cards, made, faulty, start, clock, projections, tenantId } = await open()
    await newCustomer()
    await cards()
    faulty(({ method, path }) => (method === 'POST' && path === '/v1/subscriptions' ? fault : undefined))
    await expect(subscribe()).rejects.toMatchObject({ code: 'gateway/unavailable' })
    expect(await made('customer.subscription.created')).toBe(fault === 'no-answer' ? 1 : 0)
    faulty(undefined)
    clock.advance('1m')
    expect(await start().billing.commands.recoverDue()).toBe(1)
    expect(await made('customer.subscription.created')).toBe(1)
    const known = await projections.list(tenantId, 'subscription', { limit: 10, after: null })
    expect(known).toHaveLength(1)
  })

  test.each(['retrieve', 'settle'] as const)(
    'pitfall 12: a process that is killed after the call, at %s, leaves one subscription and the right state',
    async (step) => {
      const { newCustomer, cards, made, start, clock, projections, tenantId, gateway, subscribe, local } =
        await open()
      await newCustomer()
      await cards()
      // The dead write nothing: neither the state, nor that they failed.
      let isDead = false
      const { storage } = opened
      const dying = {
        ...storage,
        repositories: {
          ...storage.repositories,
          billing: {
            ...storage.repositories.billing,
            commands: new Proxy(storage.repositories.billing.commands, {
              get(target, name) {
                if (step === 'settle' && name === 'settle') isDead = true
                return isDead ? () => Promise.reject(new Killed()) : (Reflect.get(target, name) as unknown)
              },
            }),
          },
        },
      }
      const over: PaymentGateway = {
        ...gateway,
        async retrieve(...args) {
          if (step === 'retrieve') isDead = true
          if (isDead) throw new Killed()
          return gateway.retrieve(...args)
        },
      }
      await expect(subscribe({}, start(over, dying))).rejects.toThrow(Killed)
      expect(await made('customer.subscription.created')).toBe(1)
      // Meanwhile it goes on: the answer that the key brings again is old by now.
      const [subscription] = (await gateway.listSubscriptions()).items
      await local.gateway.cancelSubscription(
        { subscriptionId: subscription?.value.id ?? '', when: 'now' },
        'meanwhile',
      )
      clock.advance('2m')
      expect(await start().billing.commands.recoverDue()).toBe(1)
      expect(await made('customer.subscription.created')).toBe(1)
      expect(await projections.list(tenantId, 'subscription', { limit: 10, after: null })).toMatchObject([
        { object: { value: { status: 'canceled' } } },
      ])
      expect(await start().billing.commands.recoverDue()).toBe(0)
    },
  )

  test.each([
    ['is found by what it bears', 'no-answer', 1, 'done'],
    ['that did not happen is given up, never sent under another key', 'no-request', 0, 'failed'],
  ] as const)('after a day a command %s', async (_, fault, count, status) => {
    const { newCustomer, subscribe, cards, made, faulty, start, clock, commands, tenantId, ended } =
      await open()
    await newCustomer()
    await cards()
    faulty(({ method }) => (method === 'POST' ? fault : undefined))
    await expect(subscribe()).rejects.toMatchObject({ code: 'gateway/unavailable' })
    const open_ = await commands.findOpen(tenantId, 'subscription')
    // The gateway forgets its keys.
    clock.advance(`${25 * hour}ms`)
    faulty(({ method }) => (method === 'POST' ? 'broken' : undefined))
    expect(await start().billing.commands.recoverDue()).toBe(1)
    expect(await made('customer.subscription.created')).toBe(count)
    expect(await commands.findOpen(tenantId, 'subscription')).toBe(null)
    const last = await commands.findLast(tenantId, 'startSubscription')
    expect(last?.id === open_?.id).toBe(status === 'done')
    const failures = (await ended()).filter(({ type }) => type === 'billing.change.failed')
    expect(failures).toMatchObject(
      status === 'done' ? [] : [{ commandId: open_?.id, reason: 'billing/command-expired' }],
    )
  })

  test('pitfall 14: a key that was used for something else is told, and not tried again', async () => {
    const { newCustomer, subscribe, cards, faulty, start, clock, stack, tenantId, ended, made } = await open()
    await newCustomer()
    await cards()
    faulty(() => 'busy')
    await expect(subscribe()).rejects.toMatchObject({ code: 'gateway/busy' })
    faulty(undefined)
    const { commands } = opened.storage.repositories.billing
    const waiting = await commands.findOpen(tenantId, 'subscription')
    await stack.billing.commands.run({ tenantId, lane: null }, async () => null)
    const { gateway } = await localUnder(waiting?.key ?? '')
    clock.advance('1m')
    expect(await start(gateway).billing.commands.recoverDue()).toBe(1)
    expect((await ended()).at(-1)).toMatchObject({
      type: 'billing.change.failed',
      reason: 'gateway/key-reused',
    })
    expect(await made('customer.subscription.created')).toBe(0)
    expect(await commands.findOpen(tenantId, 'subscription')).toBe(null)

    /** A gateway that knows the key from another request. */
    async function localUnder(key: string) {
      const other = await localStripe({ webhookSecret, store: memoryStore() })
      await other.gateway.createCustomer({ tenantId, name: 'Somebody else' }, key)
      return other
    }
  })

  test('what was begun before is ended first, and a change that another process is sending is not disturbed', async () => {
    const { newCustomer, subscribe, cards, faulty, made, commands, tenantId, stack } = await open()
    await newCustomer()
    await cards()
    faulty(() => 'no-request')
    await expect(subscribe()).rejects.toMatchObject({ code: 'gateway/unavailable' })
    faulty(undefined)
    const seen = await stack.billing.commands.run({ tenantId, lane: 'subscription' }, async () => null)
    expect(seen).toBe(null)
    expect(await made('customer.subscription.created')).toBe(1)
    await commands.insert(
      {
        id: newId('cmd'),
        tenantId,
        lane: 'subscription',
        operation: 'resumeSubscription',
        input: {},
        key: 'local:another',
        recordedAt: new Date('2026-01-01T06:00:00Z'),
      },
      { now: new Date('2026-01-01T06:00:00Z'), leaseMs: 60_000 },
    )
    await expect(subscribe()).rejects.toMatchObject({ code: 'billing/change-in-progress' })
    expect(await made('customer.subscription.created')).toBe(1)
  })
})
