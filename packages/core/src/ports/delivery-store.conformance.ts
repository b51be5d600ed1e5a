import type { Id } from '../kernel/id.ts'
import type { ClaimedDelivery, DeliveryStore } from './delivery-store.ts'
import type { DomainEvent, Outbox, RecordedEvent } from './outbox.ts'
import { race, racers, type Suite, winners } from './suite.ts'
import type { Timeline } from './timeline.ts'

const leaseMs = 60_000
const short = 20
const later = 80

export interface DeliveryStoreHarness extends Timeline {
  readonly deliveries: DeliveryStore
  readonly outbox: Outbox
  /** Records events in one committed transaction. */
  record(...events: readonly DomainEvent[]): Promise<void>
}

const route = 'test.webhook'
const lane = { route, recipient: 'r_1' }
const delivered = { status: 'delivered', result: 'HTTP 200' } as const

/** The law of {@link DeliveryStore}. `fresh` gives empty ones for each test. */
export function deliveryStoreConformance(
  { test, expect }: Suite,
  fresh: () => Promise<DeliveryStoreHarness>,
): void {
  const event = (n: number, tenantId: Id<'ten'> | null = 'ten_1'): DomainEvent => ({
    type: 'test.happened',
    tenantId,
    payload: { n, text: 'Žofie 🌱' },
  })
  const numberOf = ({ event: { payload } }: ClaimedDelivery) => (payload as { readonly n: number }).n

  /** Records and handles `count` events, each for these recipients; the last ones are planned first. */
  async function planned(count: number, recipients: readonly string[] = ['r_1']) {
    const harness = await fresh()
    await harness.record(...Array.from({ length: count }, (_, n) => event(n)))
    const events = await harness.outbox.claim({ limit: 1000, leaseMs })
    for (const recorded of events.toReversed())
      await harness.deliveries.record([{ route, recipients, event: recorded }])
    await harness.outbox.settle(events.map(({ id }) => id))
    const { deliveries } = harness
    const claim = (limit = 100, lease = leaseMs) => deliveries.claim({ limit, leaseMs: lease })
    const claimOne = async (lease = leaseMs): Promise<ClaimedDelivery> => {
      const [claimed] = await claim(1, lease)
      if (!claimed) throw new Error('There was nothing to claim.')
      return claimed
    }
    return { ...harness, events: events as readonly RecordedEvent[], claim, claimOne }
  }

  test('a delivery carries its event as it was recorded', async () => {
    const { events, claimOne } = await planned(1)
    const [recorded] = events
    const { id, type, tenantId, payload, occurredAt } = recorded as RecordedEvent
    expect(await claimOne()).toMatchObject({
      ...lane,
      attempts: 1,
      event: { id, type, tenantId, payload, occurredAt },
    })
  })

  test('one event comes to one recipient of a route once, whoever records it how often', async () => {
    const { deliveries, events, claim } = await planned(1)
    const [recorded] = events as readonly [RecordedEvent]
    await race(() => deliveries.record([{ route, recipients: ['r_1', 'r_2'], event: recorded }]))
    await deliveries.record([{ route: 'test.mail', recipients: ['r_1'], event: recorded }])
    await deliveries.record([{ route, recipients: [], event: recorded }])
    expect((await claim()).map((claimed) => `${claimed.route} ${claimed.recipient}`).toSorted()).toEqual([
      'test.mail r_1',
      'test.webhook r_1',
      'test.webhook r_2',
    ])
  })

  test('a lane is given out one by one, in the order in which its events were recorded', async () => {
    const { deliveries, claim } = await planned(5, ['r_1', 'r_2'])
    const seen: string[] = []
    for (let turn = 0; turn < 5; turn++) {
      const claimed = await claim()
      expect(claimed.map(({ recipient }) => recipient).toSorted()).toEqual(['r_1', 'r_2'])
      expect(await claim()).toEqual([])
      for (const one of claimed) {
        seen.push(`${one.recipient} ${numberOf(one)}`)
        expect(await deliveries.settle(one, delivered)).toBe(true)
      }
    }
    expect(seen.filter((text) => text.startsWith('r_1'))).toEqual([0, 1, 2, 3, 4].map((n) => `r_1 ${n}`))
    expect(await claim()).toEqual([])
  })

  test('a failure holds up its own lane and no other', async () => {
    const { deliveries, claim, clock, wait } = await planned(2, ['r_1', 'r_2'])
    const [first, second] = (await claim()).toSorted((a, b) => (a.recipient < b.recipient ? -1 : 1))
    if (!first || !second) throw new Error('Two lanes were to be given out.')
    const retryAt = new Date(clock.now().getTime() + later)
    expect(await deliveries.defer(first, { retryAt, result: 'HTTP 500' })).toBe(true)
    await deliveries.settle(second, delivered)
    expect((await claim()).map((one) => `${one.recipient} ${numberOf(one)}`)).toEqual(['r_2 1'])
    await wait(later * 2)
    expect(await claim()).toMatchObject([{ recipient: 'r_1', attempts: 2, event: { payload: { n: 0 } } }])
  })

  test('claim takes up to the limit, longest due first', async () => {
    const harness = await planned(0)
    for (const [n, recipient] of ['c', 'a', 'b'].entries()) {
      await harness.record(event(n))
      const [recorded] = await harness.outbox.claim({ limit: 1, leaseMs })
      if (recorded) {
        await harness.deliveries.record([{ route, recipients: [recipient], event: recorded }])
        await harness.outbox.settle([recorded.id])
      }
      await harness.wait(2)
    }
    expect((await harness.claim(2)).map(({ recipient }) => recipient)).toEqual(['c', 'a'])
    expect((await harness.claim(2)).map(({ recipient }) => recipient)).toEqual(['b'])
  })

  test('of concurrent callers each delivery goes to one', async () => {
    const recipients = Array.from({ length: racers }, (_, n) => `r_${n}`)
    const { claim } = await planned(2, recipients)
    const taken: ClaimedDelivery[] = []
    for (let round = 0; round < 5; round++)
      for (const claimed of winners(await race(() => claim(3)))) taken.push(...claimed)
    expect(taken.map(({ recipient }) => recipient).toSorted()).toEqual(recipients.toSorted())
    expect(new Set(taken.map(numberOf))).toEqual(new Set([0]))
  })

  test('what was not ended in time is due again, and the claim before it is lost', async () => {
    const { deliveries, claimOne, wait, clock } = await planned(1)
    const lost = await claimOne(short)
    await wait(later)
    const held = await claimOne()
    expect(held).toMatchObject({ id: lost.id, attempts: 2 })
    expect(await deliveries.settle(lost, delivered)).toBe(false)
    expect(await deliveries.defer(lost, { retryAt: clock.now(), result: 'late' })).toBe(false)
    expect(await deliveries.settle(held, delivered)).toBe(true)
    expect(await deliveries.settle(held, { status: 'dead', result: 'again' })).toBe(false)
    expect(await deliveries.list('ten_1', lane, { limit: 5, after: null })).toMatchObject([delivered])
  })

  test('nothing is given out before every earlier event of its tenant has been handled', async () => {
    const { record, outbox, deliveries } = await fresh()
    await record(event(0), event(1), event(2, 'ten_2'))
    const [slow, fast, other] = await outbox.claim({ limit: 3, leaseMs })
    if (!slow || !fast || !other) throw new Error('Three events were to be claimed.')
    for (const recorded of [fast, other])
      await deliveries.record([{ route, recipients: [`r_${recorded.tenantId}`], event: recorded }])
    await outbox.settle([fast.id, other.id])
    const claim = () => deliveries.claim({ limit: 10, leaseMs })
    expect((await claim()).map(numberOf)).toEqual([2])
    await deliveries.record([{ route, recipients: ['r_ten_1'], event: slow }])
    await outbox.settle([slow.id])
    const [first] = await claim()
    if (first) await deliveries.settle(first, delivered)
    expect([first, ...(await claim())].map((one) => one && numberOf(one))).toEqual([0, 1])
  })

  test('an event whose handler has failed is not waited for', async () => {
    const { record, outbox, deliveries, clock } = await fresh()
    await record(event(0), event(1))
    const [failing, fast] = await outbox.claim({ limit: 2, leaseMs })
    if (!failing || !fast) throw new Error('Two events were to be claimed.')
    await deliveries.record([{ route, recipients: ['r_1'], event: fast }])
    await outbox.settle([fast.id])
    expect(await deliveries.claim({ limit: 10, leaseMs })).toEqual([])
    await outbox.defer(failing.id, { retryAt: new Date(clock.now().getTime() + leaseMs), error: 'Error' })
    expect((await deliveries.claim({ limit: 10, leaseMs })).map(numberOf)).toEqual([1])
  })

  test('abandon gives up what is pending in a lane, also what is being worked on', async () => {
    const { deliveries, claim, claimOne } = await planned(3, ['r_1', 'r_2'])
    const first = await claimOne()
    const other = first.recipient === 'r_1' ? 'r_2' : 'r_1'
    expect(await deliveries.abandon({ route, recipient: first.recipient }, 'the webhook is off')).toBe(3)
    expect(await deliveries.settle(first, delivered)).toBe(false)
    expect((await claim()).map(({ recipient }) => recipient)).toEqual([other])
    expect(await deliveries.depth()).toEqual({ pending: 3, dead: 3 })
    const log = await deliveries.list(
      'ten_1',
      { route, recipient: first.recipient },
      { limit: 5, after: null },
    )
    expect(log).toMatchObject(
      Array.from({ length: 3 }, () => ({ status: 'dead', result: 'the webhook is off' })),
    )
  })

  test('list is the log of one lane of one tenant, newest first, by pages', async () => {
    const { deliveries, claimOne, clock } = await planned(3)
    const first = await claimOne()
    await deliveries.defer(first, { retryAt: clock.now(), result: 'HTTP 503 \0' })
    const rows = await deliveries.list('ten_1', lane, { limit: 2, after: null })
    expect(rows).toHaveLength(3)
    const rest = await deliveries.list('ten_1', lane, { limit: 2, after: rows[1]?.id ?? '' })
    const ids = [...rows.slice(0, 2), ...rest].map(({ id }) => id)
    expect(ids).toEqual(ids.toSorted().toReversed())
    expect(new Set(ids).size).toBe(3)
    expect([...rows.slice(0, 2), ...rest].find(({ id }) => id === first.id)).toMatchObject({
      ...lane,
      eventId: first.event.id,
      eventType: 'test.happened',
      status: 'pending',
      attempts: 1,
      endedAt: null,
    })
    expect(await deliveries.list('ten_2', lane, { limit: 5, after: null })).toEqual([])
    expect(await deliveries.list('ten_1', { route, recipient: 'r_2' }, { limit: 5, after: null })).toEqual([])
  })

  test('redeliver begins again what has ended, of this tenant and route only, and of concurrent callers one succeeds', async () => {
    const { deliveries, claim, claimOne } = await planned(1)
    const first = await claimOne()
    expect(await deliveries.redeliver('ten_1', route, first.id, [])).toBe(null)
    await deliveries.settle(first, { status: 'dead', result: 'HTTP 500' })
    expect(await deliveries.redeliver('ten_2', route, first.id, [])).toBe(null)
    expect(await deliveries.redeliver('ten_1', 'test.mail', first.id, [])).toBe(null)
    const again = winners(await race(() => deliveries.redeliver('ten_1', route, first.id, [])))
    expect(again.filter((record) => record !== null)).toHaveLength(1)
    expect(await claim()).toMatchObject([{ id: first.id, attempts: 1, event: { id: first.event.id } }])
  })

  test('what belongs to no tenant is listed and begun again with null, and by no tenant', async () => {
    const { record, outbox, deliveries } = await fresh()
    await record(event(0, null))
    const [recorded] = await outbox.claim({ limit: 1, leaseMs })
    if (!recorded) throw new Error('An event was to be claimed.')
    await deliveries.record([{ route, recipients: ['r_1'], event: recorded }])
    await outbox.settle([recorded.id])
    const [claimed] = await deliveries.claim({ limit: 1, leaseMs })
    if (!claimed) throw new Error('There was nothing to claim.')
    await deliveries.settle(claimed, { status: 'dead', result: 'HTTP 500' })
    const page = { limit: 5, after: null }
    expect(await deliveries.list(null, lane, page)).toMatchObject([{ id: claimed.id, status: 'dead' }])
    expect(await deliveries.list('ten_1', lane, page)).toEqual([])
    expect(await deliveries.redeliver('ten_1', route, claimed.id, [])).toBe(null)
    expect(await deliveries.redeliver(null, route, claimed.id, [])).toMatchObject({ id: claimed.id })
    expect(await deliveries.redeliver(null, route, claimed.id, [])).toBe(null)
  })

  test('a delivery is begun again with the events that it causes, and no event is recorded without it', async () => {
    const { deliveries, outbox, claimOne } = await planned(1)
    const { id, ...claim } = await claimOne()
    const begin = () => deliveries.redeliver('ten_1', route, id, [event(7)])
    const recorded = async () => (await outbox.claim({ limit: 100, leaseMs })).map(({ payload }) => payload)
    expect(await begin()).toBe(null)
    expect(await recorded()).toEqual([])
    await deliveries.settle({ id, ...claim }, { status: 'dead', result: 'HTTP 500' })
    const begun = winners(await race(begin)).filter((record) => record !== null)
    expect(begun).toMatchObject([{ id, status: 'pending', attempts: 0, endedAt: null }])
    expect(await recorded()).toMatchObject([{ n: 7 }])
  })

  test('operators find what left for whomsoever: all filters fit together, newest first, by pages', async () => {
    const { record, outbox, deliveries } = await fresh()
    const tenants = ['ten_1', 'ten_2', null] as const
    for (const [n, tenantId] of tenants.entries()) await record(event(n, tenantId))
    const events = await outbox.claim({ limit: 10, leaseMs })
    for (const recorded of events)
      for (const way of [route, 'test.mail'])
        await deliveries.record([{ route: way, recipients: ['r_1', 'r_2'], event: recorded }])
    await outbox.settle(events.map(({ id }) => id))
    for (const claimed of await deliveries.claim({ limit: 4, leaseMs }))
      await deliveries.settle(claimed, { status: 'dead', result: 'HTTP 500' })
    const all = await deliveries.listAll({}, { limit: 100, after: null })
    expect(all).toHaveLength(12)
    expect(all.map(({ id }) => id)).toEqual(
      all
        .map(({ id }) => id)
        .toSorted()
        .toReversed(),
    )
    const firstPage = await deliveries.listAll({}, { limit: 5, after: null })
    const rest = await deliveries.listAll({}, { limit: 10, after: firstPage[4]?.id ?? null })
    expect([...firstPage.slice(0, 5), ...rest]).toEqual(all)
    const page = { limit: 100, after: null }
    for (const filter of [
      { tenantId: 'ten_2' },
      { route },
      { status: 'dead' },
      { tenantId: 'ten_1', route: 'test.mail', status: 'dead' },
    ] as const) {
      const fits = (one: object) =>
        Object.entries(filter).every(([key, value]) => (one as Record<string, unknown>)[key] === value)
      const found = await deliveries.listAll(filter, page)
      expect(found.length).toBeGreaterThan(0)
      expect(found).toEqual(all.filter(fits))
    }
    for (const one of all) expect(await deliveries.find(one.id)).toEqual(one)
    expect(await deliveries.find('dlv_none')).toBe(null)
  })

  test('purge forgets what ended before, and depth counts the rest', async () => {
    const { deliveries, claim, claimOne, clock, wait } = await planned(3)
    await deliveries.settle(await claimOne(), delivered)
    await deliveries.settle(await claimOne(), { status: 'dead', result: 'HTTP 500' })
    expect(await deliveries.depth()).toEqual({ pending: 1, dead: 1 })
    await wait(short)
    expect(await deliveries.purge(clock.now())).toBe(2)
    expect(await deliveries.purge(clock.now())).toBe(0)
    expect(await deliveries.depth()).toEqual({ pending: 1, dead: 0 })
    expect(await claim()).toHaveLength(1)
  })
}
