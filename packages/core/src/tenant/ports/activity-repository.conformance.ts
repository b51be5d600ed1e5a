import { type Id, newId } from '../../kernel/id.ts'
import { race, racers, type Suite, winners } from '../../ports/suite.ts'
import type { Activity, ActivityFilter } from '../activity/activity.ts'
import { awkwardText, storedTenant, type TenantStorage } from './samples.conformance.ts'

const sampleActivity = (change: Partial<Activity> = {}): Activity => ({
  id: newId('evt'),
  action: 'test.thing.done',
  occurredAt: '2026-03-01T12:00:00.000Z',
  outcome: 'success',
  source: 'user',
  actorId: 'usr_0',
  impersonatorId: null,
  objectId: null,
  requestId: null,
  data: { text: awkwardText, list: [1, null] },
  ...change,
})

const page = { limit: 10, after: null }

/** The law of `ActivityRepository`. `fresh` gives an empty storage for each test. */
export function activityRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<TenantStorage>,
): void {
  async function open() {
    const storage = await fresh()
    const { activity, lifecycles } = storage.repositories.tenant
    const [tenantId, other] = [await storedTenant(storage), await storedTenant(storage)]
    const reader = { tenantId, userId: newId('usr') }
    const list = async (filter: Partial<ActivityFilter> = {}, whose = reader) => {
      const { rows, unreadCount } = await activity.list(whose, { state: 'inbox', ...filter }, page)
      return { ids: rows.map(({ item }) => item.id), items: rows.map(({ item }) => item), unreadCount }
    }
    /** Adds as many, one after another. */
    const add = async (count: number, change: Partial<Activity> = {}, to: Id<'ten'> = tenantId) => {
      const ids: Id<'evt'>[] = []
      for (let i = 0; i < count; i++) {
        const one = sampleActivity(change)
        await activity.insert(to, one)
        ids.push(one.id)
      }
      return ids
    }
    return { storage, activity, lifecycles, tenantId, other, reader, list, add }
  }

  test('an activity is listed as it was added, by its tenant only', async () => {
    const { activity, tenantId, other, reader, list, add } = await open()
    const full = sampleActivity({
      actorId: null,
      impersonatorId: 'usr_1',
      objectId: 'whk_1',
      requestId: 'r"1',
    })
    await activity.insert(tenantId, full)
    await add(1, {}, other)
    expect((await list()).items).toEqual([{ ...full, read: false, dismissed: false }])
    expect(await activity.listAfter(tenantId, 0, 10)).toEqual([{ seq: 1, activity: full }])
    expect((await list({}, { ...reader, tenantId: other })).ids).not.toContain(full.id)
    expect(await activity.listAfter(other, 0, 10)).toHaveLength(1)
  })

  test('one that is there already changes nothing, and of concurrent callers with one id one adds', async () => {
    const { activity, tenantId, list } = await open()
    const one = sampleActivity()
    const results = await race(() => activity.insert(tenantId, one))
    expect(winners(results)).toHaveLength(racers)
    await activity.insert(tenantId, { ...one, action: 'test.thing.changed' })
    expect((await list()).items).toMatchObject([one])
  })

  test('one of a tenant that is not there, or was erased, is not added', async () => {
    const { activity, lifecycles, tenantId, other, list, add } = await open()
    await activity.insert(newId('ten'), sampleActivity())
    await add(2)
    const now = new Date('2026-03-02T12:00:00.000Z')
    await lifecycles.change(tenantId, { to: 'deprovisioned', from: ['active'], reason: null, now })
    await lifecycles.erase(tenantId, now)
    await add(1)
    expect(await list()).toEqual({ ids: [], items: [], unreadCount: 0 })
    await add(1, {}, other)
    expect(await activity.listAfter(other, 0, 10)).toHaveLength(1)
  })

  test('places grow in the order in which activities become visible', async () => {
    const { activity, tenantId } = await open()
    const seen: number[] = []
    const writing = race(() => activity.insert(tenantId, sampleActivity()))
    let isOver = false
    void writing.then(() => (isOver = true))
    for (let last = false; ;) {
      for (const { seq } of await activity.listAfter(tenantId, seen.at(-1) ?? 0, 7)) seen.push(seq)
      if (last && (await activity.listAfter(tenantId, seen.at(-1) ?? 0, 1)).length === 0) break
      last = isOver
    }
    expect(seen).toHaveLength(racers)
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    expect(await activity.bounds(tenantId)).toEqual({ base: (seen[0] ?? 0) - 1, head: seen.at(-1) })
  })

  test('the list goes on after a place, newest first, with one more than asked for', async () => {
    const { activity, tenantId, reader, add } = await open()
    const ids = await add(5)
    const read = async (after: string | null) => {
      const { rows } = await activity.list(reader, { state: 'all' }, { limit: 2, after })
      return rows.map(({ item }) => item.id)
    }
    expect(await read(null)).toEqual([ids[4], ids[3], ids[2]])
    const [, , third] = await activity.listAfter(tenantId, 0, 10)
    expect(await read(String(third?.seq))).toEqual([ids[1], ids[0]])
  })

  test('every filter composes with every other', async () => {
    const { list, add } = await open()
    const wanted = {
      action: 'test.thing.failed',
      actorId: 'key_1',
      objectId: 'whk_1',
      source: 'machine',
      outcome: 'failure',
      requestId: 'r1',
    } as const
    const at = '2026-03-02T12:00:00.000Z'
    const [id] = await add(1, { ...wanted, occurredAt: at })
    const others = {
      ...wanted,
      action: 'test.thing.done',
      actorId: 'key_2',
      objectId: null,
      source: 'user',
      outcome: 'success',
      requestId: null,
    } as const
    for (const key of Object.keys(wanted) as (keyof typeof wanted)[])
      await add(1, { ...wanted, occurredAt: at, [key]: others[key] })
    await add(1, { ...wanted, occurredAt: '2026-03-02T11:59:59.999Z' })
    await add(1, { ...wanted, occurredAt: '2026-03-02T12:00:01.000Z' })
    expect((await list({ ...wanted, from: at, until: '2026-03-02T12:00:01.000Z' })).ids).toEqual([id])
    expect((await list({ action: wanted.action })).ids).toHaveLength(8)
  })

  test('a mark is of one reader, once or 64 times, and of an activity of their tenant', async () => {
    const { activity, other, reader, list, add } = await open()
    const [first = newId('evt'), second] = await add(2)
    expect(winners(await race(() => activity.mark(reader, first, 'read')))).toEqual(
      Array.from({ length: racers }, () => true),
    )
    expect((await list()).items).toMatchObject([{ read: false }, { id: first, read: true, dismissed: false }])
    expect(await list({ state: 'unread' })).toMatchObject({ ids: [second], unreadCount: 1 })
    const stranger = { ...reader, userId: newId('usr') }
    expect(await list({}, stranger)).toMatchObject({
      unreadCount: 2,
      items: [{ read: false }, { read: false }],
    })
    expect(await activity.mark({ ...reader, tenantId: other }, first, 'read')).toBe(false)
    expect(await activity.mark(reader, newId('evt'), 'dismissed')).toBe(false)
  })

  test('what is dismissed is hidden for good, and counts as read', async () => {
    const { activity, reader, list, add } = await open()
    const [first = newId('evt'), second] = await add(2)
    await race((racer) => activity.mark(reader, first, racer % 2 ? 'read' : 'dismissed'))
    await activity.mark(reader, first, 'read')
    expect(await list()).toMatchObject({ ids: [second], unreadCount: 1 })
    expect((await list({ state: 'dismissed' })).items).toMatchObject([
      { id: first, read: true, dismissed: true },
    ])
    expect((await list({ state: 'all' })).ids).toEqual([second, first])
  })

  test('marking everything marks what is there and nothing that comes later', async () => {
    const { activity, reader, list, add } = await open()
    await add(3)
    await race(() => activity.markAllRead(reader))
    expect(await list()).toMatchObject({
      unreadCount: 0,
      items: [{ read: true }, { read: true }, { read: true }],
    })
    const [later] = await add(1)
    expect(await list({ state: 'unread' })).toMatchObject({ ids: [later], unreadCount: 1 })
    expect((await list({}, { ...reader, userId: newId('usr') })).unreadCount).toBe(4)
  })

  test('what a reader did themselves counts as read, and the count does not depend on filters', async () => {
    const { reader, list, add } = await open()
    const [own] = await add(1, { actorId: reader.userId })
    await add(2)
    expect(await list({ actorId: reader.userId })).toMatchObject({
      unreadCount: 2,
      items: [{ id: own, read: true }],
    })
    expect(await list({ action: 'test.nothing.done' })).toMatchObject({ unreadCount: 2, ids: [] })
  })

  test('a user is forgotten in every tenant, and nobody else', async () => {
    const { activity, other, reader, list, add } = await open()
    const [first = newId('evt')] = await add(2)
    const [elsewhere = newId('evt')] = await add(1, {}, other)
    const second = { ...reader, userId: newId('usr') }
    await activity.mark(reader, first, 'read')
    await activity.mark({ ...reader, tenantId: other }, elsewhere, 'read')
    await activity.markAllRead(second)
    await activity.forget(reader.userId)
    expect((await list()).unreadCount).toBe(2)
    expect((await list({}, { ...reader, tenantId: other })).unreadCount).toBe(1)
    expect((await list({}, second)).unreadCount).toBe(0)
  })

  test('what is old is forgotten in every tenant with its marks, and places go on', async () => {
    const { activity, tenantId, other, reader, list, add } = await open()
    const [old = newId('evt')] = await add(2, { occurredAt: '2026-01-01T00:00:00.000Z' })
    await add(1, { occurredAt: '2026-01-01T00:00:00.000Z' }, other)
    await activity.mark(reader, old, 'read')
    const [kept] = await add(1)
    expect(await activity.purge(new Date('2026-02-01T00:00:00.000Z'))).toBe(3)
    expect((await list({ state: 'all' })).ids).toEqual([kept])
    expect(await activity.bounds(tenantId)).toEqual({ base: 2, head: 3 })
    expect(await activity.bounds(other)).toEqual({ base: 1, head: 1 })
  })
}
