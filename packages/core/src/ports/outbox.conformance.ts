import type { Id } from '../kernel/id.ts'
import type { ActivityMark } from './activity-mark.ts'
import type { DomainEvent, Outbox, OutboxEntry } from './outbox.ts'
import { race, racers, type Suite, winners } from './suite.ts'
import type { Timeline } from './timeline.ts'

const short = 20
const later = 80
const leaseMs = 60_000
const failure = { error: 'the receiver answered 500' }

const event = (number: number): DomainEvent => ({
  type: 'test.happened',
  tenantId: 'ten_1',
  payload: { number },
})
const numberOf = ({ payload }: OutboxEntry): unknown => (payload as { readonly number: unknown }).number

export interface OutboxHarness extends Timeline {
  readonly outbox: Outbox
  /** Records events in one committed transaction. */
  record(...events: readonly DomainEvent[]): Promise<void>
}

/** The law of {@link Outbox}. `fresh` gives an empty outbox for each test. */
export function outboxConformance({ test, expect }: Suite, fresh: () => Promise<OutboxHarness>): void {
  /** Records `count` events, each later than the one before. */
  async function filled(count: number): Promise<OutboxHarness> {
    const harness = await fresh()
    for (let number = 0; number < count; number++) {
      await harness.record(event(number))
      await harness.wait(2)
    }
    return harness
  }

  const claimed = async ({ outbox }: OutboxHarness, limit = 10, lease = leaseMs) =>
    outbox.claim({ limit, leaseMs: lease })

  async function claimOne(harness: OutboxHarness, lease = leaseMs): Promise<Id<'evt'>> {
    const [entry] = await claimed(harness, 1, lease)
    if (entry === undefined) throw new Error('There was nothing to claim.')
    return entry.id
  }

  test('an entry is the event as it was recorded', async () => {
    const harness = await fresh()
    const payload = { text: 'Žofie 🌱 "quoted"', list: [1, 2.5, null, true], nested: { deep: {} } }
    const recordedAt = harness.clock.now()
    await harness.record({ type: 'test.happened', tenantId: null, payload })
    const [entry] = await claimed(harness)
    expect(entry).toMatchObject({ type: 'test.happened', tenantId: null, payload, attempts: 1 })
    expect(entry?.id.startsWith('evt_')).toBe(true)
    expect(entry?.occurredAt instanceof Date).toBe(true)
    expect(Math.abs((entry?.occurredAt.getTime() ?? 0) - recordedAt.getTime())).toBeLessThanOrEqual(60_000)
  })

  test('an entry keeps its activity mark, and has none when the event had none', async () => {
    const harness = await fresh()
    const activity: ActivityMark = {
      outcome: 'failure',
      objectId: 'usr_1',
      actorId: 'usr_2',
      impersonatorId: null,
      requestId: 'r "1"',
    }
    await harness.record({ ...event(0), activity }, event(1))
    const [marked, plain] = await claimed(harness)
    expect(marked?.activity).toEqual(activity)
    expect(plain && 'activity' in plain).toBe(false)
  })

  test('claim takes up to the limit, longest due first', async () => {
    const harness = await filled(5)
    expect((await claimed(harness, 2)).map(numberOf)).toEqual([0, 1])
    expect((await claimed(harness, 2)).map(numberOf)).toEqual([2, 3])
    expect((await claimed(harness, 2)).map(numberOf)).toEqual([4])
    expect(await claimed(harness, 2)).toEqual([])
  })

  test('what was deferred stands behind all that was due before it, and comes in the order of recording', async () => {
    const harness = await filled(2)
    const first = await claimOne(harness)
    await harness.outbox.defer(first, { ...failure, retryAt: new Date(harness.clock.now().getTime() + 10) })
    await harness.wait(short)
    await harness.record(event(2))
    await harness.wait(short)
    expect((await claimed(harness, 1, short)).map(numberOf)).toEqual([1])
    expect((await claimed(harness, 2, short)).map(numberOf)).toEqual([0, 2])
  })

  test('claim hides what it took until the lease has run out, and counts attempts', async () => {
    const harness = await filled(1)
    expect(await claimed(harness, 10, short)).toHaveLength(1)
    await harness.wait(later)
    expect(await claimed(harness)).toMatchObject([{ attempts: 2 }])
    await harness.wait(later)
    expect(await claimed(harness)).toEqual([])
  })

  test('of concurrent callers each entry goes to one', async () => {
    const harness = await fresh()
    await harness.record(...Array.from({ length: racers }, (_, number) => event(number)))
    const taken: unknown[] = []
    // A locking engine may pass over entries that a rival is just taking, so one round need not find them all.
    for (let round = 0; round < 5; round++) {
      for (const entries of winners(await race(() => claimed(harness, 3))))
        taken.push(...entries.map(numberOf))
    }
    expect(taken).toHaveLength(racers)
    expect(new Set(taken).size).toBe(racers)
  })

  test('a settled entry is not delivered again', async () => {
    const harness = await filled(2)
    const id = await claimOne(harness, short)
    await harness.outbox.settle([id])
    await harness.wait(later)
    expect((await claimed(harness)).map(numberOf)).toEqual([1])
    expect(await harness.outbox.depth()).toEqual({ pending: 1, dead: 0 })
  })

  test('settling twice, an unknown entry or none changes nothing', async () => {
    const harness = await filled(2)
    const id = await claimOne(harness)
    await harness.outbox.settle([id])
    await harness.outbox.settle([id])
    await harness.outbox.settle(['evt_00000000000000000000000000'])
    await harness.outbox.settle([])
    expect(await harness.outbox.depth()).toEqual({ pending: 1, dead: 0 })
  })

  test('a deferred entry is due again at its time and not before', async () => {
    const harness = await filled(1)
    const now = harness.clock.now().getTime()
    const id = await claimOne(harness, short)
    await harness.outbox.defer(id, { ...failure, retryAt: new Date(now + 3_600_000) })
    await harness.wait(later)
    expect(await claimed(harness)).toEqual([])
    expect(await harness.outbox.depth()).toEqual({ pending: 1, dead: 0 })
    await harness.outbox.defer(id, { ...failure, retryAt: new Date(now) })
    expect(await claimed(harness)).toMatchObject([{ id, attempts: 2 }])
  })

  test('an entry deferred for ever is a dead letter', async () => {
    const harness = await filled(2)
    const id = await claimOne(harness, short)
    await harness.outbox.defer(id, { ...failure, retryAt: null })
    await harness.wait(later)
    expect((await claimed(harness)).map(numberOf)).toEqual([1])
    expect(await harness.outbox.depth()).toEqual({ pending: 1, dead: 1 })
  })

  test('depth counts what waits, claimed or not', async () => {
    const harness = await filled(3)
    expect(await harness.outbox.depth()).toEqual({ pending: 3, dead: 0 })
    await claimOne(harness)
    expect(await harness.outbox.depth()).toEqual({ pending: 3, dead: 0 })
  })
}
