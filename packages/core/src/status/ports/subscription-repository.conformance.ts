import { newId } from '../../kernel/id.ts'
import { race, racers, type Suite, winners } from '../../ports/suite.ts'
import { createdAt, sampleSubscription, type StatusStorage } from './samples.conformance.ts'

const now = new Date(createdAt)
const later = new Date(now.getTime() + 60_000)
const active = { state: 'active', expiresAt: null } as const

/** The law of `SubscriptionRepository`. `fresh` gives an empty storage for each test. */
export function subscriptionRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<StatusStorage>,
): void {
  const open = async () => (await fresh()).repositories.status.subscriptions

  test('a subscription is found as it was asked for, by its id and by its target', async () => {
    const subscriptions = await open()
    const asked = sampleSubscription()
    expect(await subscriptions.request(asked)).toEqual(asked)
    expect(await subscriptions.find(asked.id)).toEqual(asked)
    expect(await subscriptions.findByTarget(asked.targetDigest)).toEqual(asked)
    expect(await subscriptions.find(newId('sbr'))).toBe(null)
    expect(await subscriptions.findByTarget('other')).toBe(null)
  })

  test('of a pending target the wishes are replaced and the generation is raised', async () => {
    const subscriptions = await open()
    const asked = await subscriptions.request(sampleSubscription())
    const wishes = { severity: 'critical', maintenance: false, expiresAt: later } as const
    const again = sampleSubscription({ targetDigest: asked.targetDigest, ...wishes })
    expect(await subscriptions.request(again)).toEqual({ ...asked, ...wishes, generation: 2 })
    expect(await subscriptions.list({ limit: 5, after: null })).toHaveLength(1)
  })

  test('an active target stays as it is', async () => {
    const subscriptions = await open()
    const kept = await subscriptions.request(sampleSubscription(active))
    const again = sampleSubscription({ targetDigest: kept.targetDigest, severity: 'critical' })
    expect(await subscriptions.request(again)).toEqual(kept)
    expect(await subscriptions.find(kept.id)).toEqual(kept)
  })

  test('of concurrent callers with one target one adds it', async () => {
    const subscriptions = await open()
    const { targetDigest } = sampleSubscription()
    const kept = winners(await race(() => subscriptions.request(sampleSubscription({ targetDigest }))))
    expect(kept).toHaveLength(racers)
    expect(new Set(kept.map(({ id }) => id)).size).toBe(1)
    expect(kept.map(({ generation }) => generation).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: racers }, (_, index) => index + 1),
    )
  })

  test('subscriptions are listed newest first, in pages', async () => {
    const subscriptions = await open()
    const ids = [
      'sbr_00000000000000000000000000',
      'sbr_11111111111111111111111111',
      'sbr_22222222222222222222222222',
    ] as const
    for (const id of ids) await subscriptions.request(sampleSubscription({ id }))
    const idsOf = async (limit: number, after: string | null) =>
      (await subscriptions.list({ limit, after })).map(({ id }) => id)
    expect(await idsOf(1, null)).toEqual([ids[2], ids[1]])
    expect(await idsOf(5, ids[1])).toEqual([ids[0]])
  })

  test('who wants to know is who is active, on the channel, and asked for no higher severity', async () => {
    const subscriptions = await open()
    const add = async (change: object) =>
      (await subscriptions.request(sampleSubscription({ ...active, ...change }))).id
    const minor = await add({ severity: 'minor', maintenance: false })
    const major = await add({ severity: 'major', maintenance: true })
    const critical = await add({ severity: 'critical', maintenance: false })
    const hook = await add({ channel: 'webhook', severity: 'minor', maintenance: true })
    await add({ state: 'pending', expiresAt: later, severity: 'minor', maintenance: true })
    const wanting = async (topic: 'minor' | 'major' | 'critical' | 'maintenance') =>
      (await subscriptions.listWanting('email', topic)).toSorted()
    expect(await wanting('minor')).toEqual([minor])
    expect(await wanting('major')).toEqual([minor, major].toSorted())
    expect(await wanting('critical')).toEqual([minor, major, critical].toSorted())
    expect(await wanting('maintenance')).toEqual([major])
    expect(await subscriptions.listWanting('webhook', 'minor')).toEqual([hook])
  })

  test('confirm makes a pending one active, and of concurrent callers one succeeds', async () => {
    const subscriptions = await open()
    const { id } = await subscriptions.request(sampleSubscription({ channel: 'webhook', expiresAt: later }))
    const results = winners(
      await race((racer) => subscriptions.confirm(id, { generation: 1, secret: `s${racer}`, now })),
    )
    expect(results).toHaveLength(racers)
    expect(results.filter((isDone) => isDone)).toHaveLength(1)
    expect(await subscriptions.find(id)).toMatchObject(active)
    expect((await subscriptions.find(id))?.secret?.startsWith('s')).toBe(true)
  })

  test('confirm of another generation, after its time, or of nothing changes nothing', async () => {
    const subscriptions = await open()
    const asked = await subscriptions.request(sampleSubscription({ expiresAt: later }))
    const confirm = (id: typeof asked.id, generation: number, time: Date) =>
      subscriptions.confirm(id, { generation, secret: null, now: time })
    expect(await confirm(asked.id, 2, now)).toBe(false)
    expect(await confirm(asked.id, 1, later)).toBe(false)
    expect(await confirm(newId('sbr'), 1, now)).toBe(false)
    expect(await subscriptions.find(asked.id)).toEqual(asked)
  })

  test('of concurrent callers one removes', async () => {
    const subscriptions = await open()
    const { id } = await subscriptions.request(sampleSubscription(active))
    const results = winners(await race(() => subscriptions.remove(id)))
    expect(results).toHaveLength(racers)
    expect(results.filter((isDone) => isDone)).toHaveLength(1)
    expect(await subscriptions.find(id)).toBe(null)
  })

  test('purge forgets what was not confirmed in time', async () => {
    const subscriptions = await open()
    await subscriptions.request(sampleSubscription({ expiresAt: now }))
    const pending = await subscriptions.request(sampleSubscription({ expiresAt: later }))
    const kept = await subscriptions.request(sampleSubscription(active))
    expect(await subscriptions.purge(now)).toBe(1)
    const ids = (await subscriptions.list({ limit: 9, after: null })).map(({ id }) => id)
    expect(ids.toSorted()).toEqual([pending.id, kept.id].toSorted())
  })
}
