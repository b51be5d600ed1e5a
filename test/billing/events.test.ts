import { GatewayErrors, type GatewayObject } from '@corbel/billing/ports'
import { racers } from '@corbel/core/ports'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { backends, openStorage, type OpenStorage, openTimeout } from '../storages.ts'
import { openBilling } from './billing.fixture.ts'
import { type fakeGateway, subscription, tell, told } from './fake-gateway.fixture.ts'

const incomplete = told(subscription({ status: 'incomplete' }))
const active = told(subscription({ status: 'active' }))
const pastDue = told(subscription({ status: 'past_due' }))
const canceled = told(subscription({ status: 'canceled', endedAt: '2026-01-01T00:00:09.000Z' }))

describe.each(await backends())('events of the gateway on %s', (backend) => {
  let opened: OpenStorage
  beforeAll(async () => {
    opened = await openStorage(backend)
  }, openTimeout)
  afterAll(() => opened?.close())

  async function open(...[settings, fake]: [Record<string, string>?, ReturnType<typeof fakeGateway>?]) {
    await opened.clear()
    return openBilling(opened, settings, fake)
  }

  test('pitfall 1: one event delivered many times at once is stored, applied and told once', async () => {
    const { newTenant, deliver, dispatch, recorded, stateOf, inbox } = await open()
    const tenantId = await newTenant()
    const { body } = tell({ object: active })
    const answers = await Promise.all(Array.from({ length: racers }, () => deliver(body)))
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: racers }, () => 200))
    expect(answers.filter(({ body: { duplicate } }) => duplicate === false)).toHaveLength(1)
    await Promise.all([dispatch(), dispatch(), dispatch()])
    expect(await stateOf(tenantId)).toBe('active')
    expect((await recorded()).map(({ type }) => type)).toEqual([
      'billing.subscription.changed',
      'billing.subscription.activated',
    ])
    expect(await inbox.list({}, { limit: 10, after: null })).toMatchObject([{ status: 'done', tenantId }])
    expect(await deliver(body)).toMatchObject({ body: { success: true, duplicate: true } })
    expect(await dispatch()).toBe(0)
  })

  describe.each([
    ['in one batch', false],
    ['in two batches', true],
  ])('of one second, %s', (_, apart) => {
    async function after(...order: readonly GatewayObject[]) {
      const opened = await open()
      const tenantId = await opened.newTenant()
      opened.fake.has(active)
      for (const object of order) {
        await opened.deliver(tell({ at: 5, object }).body)
        if (apart) await opened.dispatch()
      }
      await opened.dispatch()
      return { asked: opened.fake.asked, state: await opened.stateOf(tenantId) }
    }

    test('pitfall 2: of two stages the one that nothing comes back from is the later one', async () => {
      expect(await after(incomplete, active)).toEqual({ asked: [], state: 'active' })
      expect(await after(active, incomplete)).toEqual({ asked: [], state: 'active' })
      expect(await after(canceled, active)).toEqual({ asked: [], state: 'canceled' })
    })

    test('pitfall 3: events of one stage that differ are decided by the gateway', async () => {
      expect(await after(pastDue, active)).toEqual({ asked: ['subscription sub_1'], state: 'active' })
      expect(await after(active, pastDue)).toEqual({ asked: ['subscription sub_1'], state: 'active' })
    })
  })

  test('pitfall 3: an event that repeats what is known does not hide another one of its second', async () => {
    for (const order of [
      [incomplete, active],
      [active, incomplete],
    ]) {
      const { newTenant, deliver, dispatch, stateOf, fake } = await open()
      const tenantId = await newTenant()
      await deliver(tell({ at: 5, object: incomplete }).body)
      await dispatch()
      fake.has(active)
      for (const object of order) await deliver(tell({ at: 5, object }).body)
      await dispatch()
      expect(await stateOf(tenantId)).toBe('active')
    }
  })

  test('pitfall 4: an older event after a newer one changes nothing', async () => {
    const { newTenant, deliver, dispatch, stateOf, recorded, eventOf, fake } = await open()
    const tenantId = await newTenant()
    await deliver(tell({ at: 9, object: pastDue }).body)
    await dispatch()
    await recorded()
    const older = tell({ at: 8, object: active })
    await deliver(older.body)
    await dispatch()
    expect(await stateOf(tenantId)).toBe('past_due')
    expect(await recorded()).toEqual([])
    expect(await eventOf(older.event.id)).toMatchObject({ status: 'superseded' })
    expect(fake.asked).toEqual([])
  })

  test('pitfall 5: an update before the creation makes the object, and the creation does not undo it', async () => {
    const { newTenant, deliver, dispatch, stateOf } = await open()
    const tenantId = await newTenant()
    await deliver(tell({ at: 2, object: active }).body)
    await dispatch()
    await deliver(tell({ type: 'customer.subscription.created', at: 1, object: incomplete }).body)
    await dispatch()
    expect(await stateOf(tenantId)).toBe('active')
  })

  test('pitfall 6: a final state is left only when the gateway says so', async () => {
    const { newTenant, deliver, dispatch, stateOf, fake } = await open()
    const tenantId = await newTenant()
    fake.has(canceled)
    await deliver(tell({ type: 'customer.subscription.deleted', at: 5, object: canceled }).body)
    await dispatch()
    await deliver(tell({ at: 6, object: active }).body)
    await dispatch()
    expect(fake.asked).toEqual(['subscription sub_1'])
    expect(await stateOf(tenantId)).toBe('canceled')
  })

  test('pitfall 7: replaying everything over the present state changes nothing and asks nobody', async () => {
    const { newTenant, deliver, dispatch, stateOf, recorded, inbox, clock, fake } = await open()
    const tenantId = await newTenant()
    for (const [at, object] of [incomplete, active, pastDue, active, canceled].entries())
      await deliver(tell({ at, object }).body)
    await dispatch()
    await recorded()
    clock.advance('20d')
    expect(await inbox.replay({}, clock.now())).toBe(5)
    expect(await dispatch()).toBe(5)
    expect(await stateOf(tenantId)).toBe('canceled')
    expect(await recorded()).toEqual([])
    expect(fake.asked).toEqual([])
  })

  test('pitfall 8: while the database is away nothing is acknowledged, and what comes again is applied', async () => {
    await opened.clear()
    let isAway = false
    const { storage } = opened
    const { newTenant, deliver, dispatch, stateOf, inbox } = await openBilling({
      storage: {
        ...storage,
        transaction: (work) =>
          isAway ? Promise.reject(new Error('The connection was refused.')) : storage.transaction(work),
      },
    })
    const tenantId = await newTenant()
    const { body } = tell({ object: active })
    isAway = true
    expect((await deliver(body)).status).toBe(500)
    expect(await inbox.depth()).toMatchObject({ pending: 0 })
    isAway = false
    expect(await deliver(body)).toMatchObject({ status: 200, body: { duplicate: false } })
    await dispatch()
    expect(await stateOf(tenantId)).toBe('active')
  })

  test('pitfall 9: an event of a type that nobody knows is stored and ignored', async () => {
    const { deliver, dispatch, eventOf } = await open()
    const { event, body } = tell({ type: 'v9.moon.landed' })
    expect(await deliver(body)).toMatchObject({ status: 200 })
    await dispatch()
    expect(await eventOf(event.id)).toMatchObject({ status: 'ignored', type: 'v9.moon.landed' })
  })

  test('pitfall 10: an event that cannot be applied is given up alone, with its error', async () => {
    const { newTenant, deliver, dispatch, stateOf, eventOf, clock } = await open()
    const tenantId = await newTenant()
    // Made for a tenant, by a customer that nobody knows.
    const poison = tell({
      object: told(subscription({ id: 'sub_2', customerId: 'cus_2', tenantId: 'ten_2' })),
    })
    await deliver(poison.body)
    await deliver(tell({ object: active }).body)
    await dispatch()
    expect(await stateOf(tenantId)).toBe('active')
    for (let attempt = 1; attempt < 15; attempt++) {
      expect(await eventOf(poison.event.id)).toMatchObject({ status: 'pending', attempts: attempt })
      clock.advance('3h')
      await dispatch()
    }
    expect(await eventOf(poison.event.id)).toMatchObject({
      status: 'dead',
      note: 'billing/customer-unknown: customer cus_2 of ten_2',
    })
  })

  test('pitfall 18: a thin event, or one of another version, is read from the gateway', async () => {
    const { newTenant, deliver, dispatch, stateOf, fake } = await open()
    const tenantId = await newTenant()
    fake.has(active)
    await deliver(tell({ object: incomplete, thin: true }).body)
    await dispatch()
    expect(await stateOf(tenantId)).toBe('active')
    expect(fake.asked).toHaveLength(1)
  })

  test('a thin event whose snapshot is stored is not applied a second time', async () => {
    const { newTenant, deliver, dispatch, eventOf, fake } = await open()
    await newTenant()
    const snapshot = tell({ object: active })
    const thin = tell({ object: active, thin: true, change: { twinId: snapshot.event.id } })
    await deliver(thin.body)
    await deliver(snapshot.body)
    await dispatch()
    expect(await eventOf(thin.event.id)).toMatchObject({ status: 'superseded' })
    expect(await eventOf(snapshot.event.id)).toMatchObject({ status: 'done' })
    expect(fake.asked).toEqual([])
  })

  test('pitfall 27: whose an object is follows from its customer; metadata that differ quarantine it', async () => {
    const { newTenant, deliver, dispatch, stateOf, eventOf } = await open()
    const tenantId = await newTenant('cus_1')
    const other = await newTenant('cus_2')
    const forged = tell({ object: told(subscription({ tenantId: other })) })
    const foreign = tell({ object: told(subscription({ id: 'sub_9', customerId: 'cus_9' })) })
    await deliver(forged.body)
    await deliver(foreign.body)
    await dispatch()
    expect(await eventOf(forged.event.id)).toMatchObject({ status: 'dead', tenantId })
    expect(await eventOf(foreign.event.id)).toMatchObject({ status: 'ignored', tenantId: null })
    expect([await stateOf(tenantId), await stateOf(other), await stateOf(other, 'sub_9')]).toEqual([
      null,
      null,
      null,
    ])
  })

  test('pitfall 36: a thousand thin events about one object are one question', async () => {
    const { newTenant, stack, dispatch, stateOf, fake, clock, inbox } = await open()
    const tenantId = await newTenant()
    fake.has(active)
    const drafts = Array.from({ length: 1000 }, (_, at) => {
      const { event } = tell({ at, object: incomplete, thin: true })
      const { id, kind, type, apiVersion, twinId, payload } = event
      return {
        account: 'self',
        id,
        kind,
        type,
        apiVersion,
        twinId,
        payload,
        secretIndex: 0,
        objectType: 'subscription',
        objectId: 'sub_1',
        occurredAt: new Date(event.createdAt),
        receivedAt: clock.now(),
      }
    })
    await stack.billing.intake.store(drafts)
    clock.advance('6s')
    expect(await dispatch()).toBe(1000)
    expect(await stateOf(tenantId)).toBe('active')
    expect(fake.asked).toEqual(['subscription sub_1'])
    expect(await inbox.depth()).toMatchObject({ pending: 0, dead: 0 })
  })

  test('while the gateway does not answer no attempt is lost, and the event is applied afterwards', async () => {
    const { newTenant, deliver, dispatch, stateOf, eventOf, fake, clock } = await open()
    const tenantId = await newTenant()
    fake.has(active)
    fake.fails(GatewayErrors.unavailable())
    const { event, body } = tell({ object: active, thin: true })
    await deliver(body)
    for (let round = 0; round < 20; round++) {
      await dispatch()
      expect(await eventOf(event.id)).toMatchObject({ status: 'pending', attempts: 0 })
      clock.advance('31s')
    }
    fake.fails(null)
    await dispatch()
    expect(await stateOf(tenantId)).toBe('active')
  })

  test('an acknowledged event is applied by the jobs of the stack', async () => {
    const { newTenant, deliver, stack, stateOf } = await open()
    const tenantId = await newTenant()
    await deliver(tell({ object: active }).body)
    await stack.runJobs()
    expect(await stateOf(tenantId)).toBe('active')
  })

  test.each([
    ['no signature', tell({ object: active }).body, null, 'gateway/invalid-signature'],
    ['a wrong signature', tell({ object: active }).body, 'forged', 'gateway/invalid-signature'],
    ['signed null', 'null', 'signed', 'gateway/not-an-event'],
    [
      'the live mode',
      tell({ object: active, change: { livemode: true } }).body,
      'signed',
      'billing/other-mode',
    ],
    [
      'another account',
      tell({ object: active, change: { account: 'acct_2' } }).body,
      'signed',
      'billing/other-account',
    ],
  ])('%s is refused with 400 and not stored', async (_, body, signature, code) => {
    const { deliver, inbox } = await open()
    expect(await deliver(body, signature)).toMatchObject({ status: 400, body: { code } })
    expect(await inbox.depth()).toMatchObject({ pending: 0 })
  })

  test('while billing is off the gateway is asked to come again', async () => {
    const { deliver, dispatch, inbox } = await open({ ENABLE_BILLING: 'false' })
    expect(await deliver(tell({ object: active }).body)).toMatchObject({
      status: 503,
      body: { code: 'billing/not-configured' },
    })
    expect(await dispatch()).toBe(0)
    expect(await inbox.depth()).toMatchObject({ pending: 0 })
  })
})
