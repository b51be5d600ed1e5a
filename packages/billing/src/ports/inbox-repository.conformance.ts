import { addMilliseconds, newId } from '@corbel/core'
import { race, racers, type Suite, winners } from '@corbel/core/ports'
import { type InboxDraft, type InboxEvent, type InboxOutcome } from './inbox-repository.ts'
import { type BillingStorage, now, sampleEvent, storedTenant } from './samples.conformance.ts'

const leaseMs = 30_000
const later = (ms: number): Date => addMilliseconds(now, ms)

/** The law of `InboxRepository`. `fresh` gives an empty storage for each test. */
export function inboxRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<BillingStorage>,
): void {
  async function open() {
    const storage = await fresh()
    const { inbox } = storage.repositories.billing
    const stored = async (change: Partial<InboxDraft> = {}) => {
      const draft = sampleEvent(change)
      await inbox.insert([draft])
      return draft
    }
    const claim = (at = now, limit = 100) => inbox.claim({ limit, leaseMs, now: at })
    const ended = async (
      change: Partial<InboxDraft>,
      outcome: InboxOutcome = 'done',
      tenantId = null as InboxEvent['tenantId'],
    ) => {
      const draft = await stored(change)
      const claims = await claim(draft.receivedAt)
      await inbox.settle(
        claims.map((claimed) => ({ claim: claimed, outcome, tenantId, note: null })),
        now,
      )
      return draft
    }
    return { storage, inbox, stored, claim, ended }
  }

  test('an event is found as it came in', async () => {
    const { inbox } = await open()
    const drafts = [
      sampleEvent(),
      sampleEvent({
        kind: 'thin',
        objectType: null,
        objectId: null,
        apiVersion: null,
        secretIndex: null,
        twinId: 'evt_twin',
      }),
      sampleEvent({ account: 'acct_2', payload: 'text' }),
    ]
    expect(await inbox.insert(drafts)).toEqual([true, true, true])
    for (const draft of drafts) {
      const found = await inbox.find(draft)
      expect(found).toEqual({
        ...draft,
        tenantId: null,
        status: 'pending',
        attempts: 0,
        lapses: 0,
        note: null,
        endedAt: null,
        replays: 0,
        dueAt: draft.receivedAt,
        position: found?.position,
      })
    }
    expect(await inbox.find({ account: 'acct_2', id: drafts[0]?.id ?? '' })).toBe(null)
  })

  test('an event is kept once for each account, also within one call, and the first stays', async () => {
    const { inbox } = await open()
    const draft = sampleEvent()
    const second = { ...draft, type: 'other.type' }
    expect(await inbox.insert([draft, second])).toEqual([true, false])
    expect(await inbox.insert([second, { ...draft, account: 'acct_2' }])).toEqual([false, true])
    expect(await inbox.find(draft)).toMatchObject({ type: draft.type })
    expect(await inbox.insert([])).toEqual([])
  })

  test('an event with characters that a store cannot hold is kept, beside others', async () => {
    const { inbox } = await open()
    const odd = sampleEvent({ payload: { 'a\0b': ['\0', '\ud800', { deep: 'x\0' }] }, objectId: 'sub\0' })
    const other = sampleEvent()
    expect(await inbox.insert([odd, other])).toEqual([true, true])
    expect(await inbox.find(odd)).toMatchObject({ status: 'pending' })
    expect(await inbox.find(other)).toMatchObject({ payload: other.payload })
  })

  test('of concurrent callers one is told that the event is new', async () => {
    const { inbox, claim } = await open()
    const draft = sampleEvent()
    const results = winners(await race(() => inbox.insert([draft, sampleEvent()])))
    expect(results).toHaveLength(racers)
    expect(results.filter(([isNew]) => isNew)).toHaveLength(1)
    expect(results.filter(([, isNew]) => isNew)).toHaveLength(racers)
    expect(await claim(now, 200)).toHaveLength(racers + 1)
  })

  test('due events are claimed longest due first, as many as asked for, and hidden for the lease', async () => {
    const { inbox, stored, claim } = await open()
    const third = await stored({ receivedAt: later(20) })
    const first = await stored({ receivedAt: later(-20) })
    const second = await stored()
    const claimed = await claim(later(20), 2)
    expect(claimed.map(({ id }) => id)).toEqual([first.id, second.id])
    expect(claimed[0] ?? {}).toMatchObject({ attempts: 1, status: 'pending', payload: first.payload })
    expect((await claim(later(19))).map(({ id }) => id)).toEqual([])
    expect((await claim(later(20))).map(({ id }) => id)).toEqual([third.id])
    expect(await claim(later(20 + leaseMs - 1))).toEqual([])
    expect(await claim(later(20 + leaseMs))).toMatchObject([{ attempts: 2, lapses: 1 }])
    expect(await inbox.depth()).toMatchObject({ pending: 3, dead: 0 })
  })

  test('events whose lease ran out are taken one by one, and others together', async () => {
    const { inbox, stored, claim } = await open()
    const [first, second] = [await stored(), await stored()]
    expect(await claim()).toHaveLength(2)
    const at = later(leaseMs)
    const fresh = [await stored({ receivedAt: at }), await stored({ receivedAt: at })]
    const ids = async () => (await claim(at)).map(({ id, lapses }) => [id, lapses])
    expect(await ids()).toEqual([[first.id, 1]])
    expect(await ids()).toEqual([[second.id, 1]])
    expect(await ids()).toEqual(fresh.map(({ id }) => [id, 0]))
    const [again] = await claim(later(2 * leaseMs))
    expect(again).toMatchObject({ id: first.id, attempts: 3, lapses: 2 })
    if (!again) throw new Error('Nothing was claimed.')
    await inbox.defer(again, { retryAt: later(2 * leaseMs), note: 'failed' })
    expect(await inbox.find(first)).toMatchObject({ attempts: 3, lapses: 0 })
  })

  test('what is not longest due and has lapsed waits for its turn, and keeps nobody waiting', async () => {
    const { stored, claim } = await open()
    const lapsed = await stored({ receivedAt: later(-1) })
    await claim(later(-1))
    const fresh = await stored()
    expect((await claim(later(leaseMs - 1))).map(({ id }) => id)).toEqual([fresh.id])
    expect((await claim(later(leaseMs - 1))).map(({ id }) => id)).toEqual([lapsed.id])
  })

  test('of concurrent callers one takes what has lapsed', async () => {
    const { inbox, claim } = await open()
    await inbox.insert([sampleEvent(), sampleEvent()])
    await claim()
    const taken = winners(await race(() => claim(later(leaseMs)))).flat()
    expect(taken.length).toBeGreaterThan(0)
    expect(new Set(taken.map(({ id }) => id)).size).toBe(taken.length)
    expect(taken.every(({ lapses }) => lapses === 1)).toBe(true)
  })

  test('of concurrent callers each event goes to one', async () => {
    const { inbox, claim } = await open()
    await inbox.insert(Array.from({ length: racers }, () => sampleEvent()))
    const results = winners(await race(() => claim(now, 3)))
    const ids = results.flat().map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    const rest = await claim(now, 200)
    expect(ids.length + rest.length).toBe(racers)
  })

  test('settling ends what is claimed, once', async () => {
    const { storage, inbox, stored, claim } = await open()
    const tenantId = await storedTenant(storage)
    const draft = await stored()
    const [claimed] = await claim()
    if (!claimed) throw new Error('Nothing was claimed.')
    const settlement = { claim: claimed, outcome: 'done', tenantId, note: 'active' } as const
    const lost = { ...settlement, claim: { ...claimed, receipt: newId('rcp') } }
    expect(await inbox.settle([lost], now)).toBe(0)
    const results = winners(await race(() => inbox.settle([settlement], later(5))))
    expect(results.reduce((sum, count) => sum + count, 0)).toBe(1)
    expect(await inbox.find(draft)).toMatchObject({
      status: 'done',
      tenantId,
      note: 'active',
      dueAt: null,
      endedAt: later(5),
      attempts: 1,
    })
    expect(await claim(later(leaseMs))).toEqual([])
    expect(await inbox.settle([], now)).toBe(0)
  })

  test('a claim whose lease ran out and went to another is lost', async () => {
    const { inbox, stored, claim } = await open()
    await stored()
    const [first] = await claim()
    const [second] = await claim(later(leaseMs))
    if (!first || !second) throw new Error('Nothing was claimed.')
    const settlement = { outcome: 'done', tenantId: null, note: null } as const
    expect(await inbox.settle([{ ...settlement, claim: first }], now)).toBe(0)
    expect(await inbox.defer(first, { retryAt: now, note: 'late' })).toBe(false)
    expect(await inbox.settle([{ ...settlement, claim: second }], now)).toBe(1)
    expect(await inbox.defer(second, { retryAt: now, note: 'ended' })).toBe(false)
  })

  test('a deferred event is due again at its time, with its note', async () => {
    const { inbox, stored, claim } = await open()
    const draft = await stored()
    const [first] = await claim()
    if (!first) throw new Error('Nothing was claimed.')
    const note = 'no\0t \ud800 storable'
    const results = winners(await race(() => inbox.defer(first, { retryAt: later(100), note })))
    expect(results.filter(Boolean)).toHaveLength(1)
    expect(await inbox.find(draft)).toMatchObject({ status: 'pending', attempts: 1, dueAt: later(100) })
    expect(await claim(later(99))).toEqual([])
    const [second] = await claim(later(100))
    if (!second) throw new Error('Nothing was claimed.')
    expect(second.attempts).toBe(2)
    expect(await inbox.defer(second, { retryAt: now, note: 'busy', uncounted: true })).toBe(true)
    expect(await inbox.find(draft)).toMatchObject({ attempts: 1, note: 'busy' })
  })

  test('events are listed in pages, those that came in last first, by every filter', async () => {
    const { storage, inbox, ended } = await open()
    const tenantId = await storedTenant(storage)
    const a = await ended({ type: 'a.b', receivedAt: later(-3) })
    const b = await ended({ type: 'a.b', objectId: 'sub_2', receivedAt: later(-2) }, 'dead', tenantId)
    const c = await ended({ receivedAt: later(-1) }, 'ignored')
    const list = async (filter: Parameters<typeof inbox.list>[0], limit = 10, after: string | null = null) =>
      (await inbox.list(filter, { limit, after })).map(({ id }) => id)
    expect(await list({})).toEqual([c.id, b.id, a.id])
    expect(await list({}, 1)).toEqual([c.id, b.id])
    expect(await list({}, 1, (await inbox.find(c))?.position ?? null)).toEqual([b.id, a.id])
    expect(await list({ type: 'a.b' })).toEqual([b.id, a.id])
    expect(await list({ type: 'a.b', status: 'dead' })).toEqual([b.id])
    expect(await list({ tenantId })).toEqual([b.id])
    expect(await list({ objectId: 'sub_2' })).toEqual([b.id])
    expect(await list({ ids: [a.id, c.id] })).toEqual([c.id, a.id])
    expect(await list({ ids: [] })).toEqual([])
    expect(await list({ from: later(-2), until: later(-1) })).toEqual([b.id])
    expect(await inbox.depth()).toEqual({ pending: 0, dead: 1, oldestDueAt: null })
  })

  test('a tenant is shown its own events that have ended', async () => {
    const { storage, inbox, stored, ended } = await open()
    const [tenantId, other] = [await storedTenant(storage), await storedTenant(storage)]
    const mine = await ended({}, 'done', tenantId)
    await ended({}, 'done', other)
    await ended({})
    await stored()
    const page = { limit: 10, after: null }
    expect((await inbox.listOfTenant(tenantId, {}, page)).map(({ id }) => id)).toEqual([mine.id])
    expect(await inbox.listOfTenant(tenantId, { status: 'dead' }, page)).toEqual([])
    expect(await inbox.listOfTenant(tenantId, { type: 'no.such' }, page)).toEqual([])
  })

  test('a replayed event is due at once with all attempts, and one under way is left alone', async () => {
    const { inbox, stored, ended, claim } = await open()
    const dead = await ended({}, 'dead')
    const other = await ended({ type: 'a.b' })
    await stored()
    const [underWay] = await claim()
    const results = winners(await race(() => inbox.replay({ ids: [dead.id] }, later(10))))
    expect(results.reduce((sum, count) => sum + count, 0)).toBe(1)
    expect(await inbox.find(dead)).toMatchObject({
      status: 'pending',
      attempts: 0,
      lapses: 0,
      replays: 1,
      dueAt: later(10),
      endedAt: null,
    })
    expect(await inbox.find(other)).toMatchObject({ status: 'done', replays: 0 })
    expect((await claim(later(10))).map(({ id }) => id)).toEqual([dead.id])
    if (!underWay) throw new Error('Nothing was claimed.')
    expect(await inbox.replay({}, later(10))).toBe(1)
    expect(await inbox.settle([{ claim: underWay, outcome: 'done', tenantId: null, note: null }], now)).toBe(
      1,
    )
  })

  test('purge forgets what ended before a time, and nothing that waits', async () => {
    const { inbox, stored, ended } = await open()
    const old = await ended({})
    const waits = await stored({ receivedAt: later(-1_000_000) })
    expect(await inbox.purge(now)).toBe(0)
    expect(await inbox.purge(later(1))).toBe(1)
    expect(await inbox.find(old)).toBe(null)
    expect(await inbox.find(waits)).toMatchObject({ status: 'pending' })
    expect(await inbox.depth()).toEqual({ pending: 1, dead: 0, oldestDueAt: waits.receivedAt })
  })
}
