import { type Id, newId } from '@corbel/core'
import type { GatewaySubscription } from '../gateway/gateway-objects.ts'
import type { Suite } from '@corbel/core/ports'
import { type Projection, projectionPlace } from './projection-repository.ts'
import { type BillingStorage, now, sampleSubscription, storedTenant } from './samples.conformance.ts'

const sample = (
  tenantId: Id<'ten'>,
  id: string,
  change: Partial<Projection> = {},
): Projection<'subscription'> => ({
  seenAt: now,
  fetchedAt: null,
  version: 1,
  ...change,
  object: { type: 'subscription', value: sampleSubscription({ id }) },
  tenantId,
})

const inState = (
  tenantId: Id<'ten'>,
  id: string,
  status: GatewaySubscription['status'],
): Projection<'subscription'> => ({
  ...sample(tenantId, id),
  object: { type: 'subscription', value: sampleSubscription({ id, status }) },
})

/** The law of `ProjectionRepository`. `fresh` gives an empty storage for each test. */
export function projectionRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<BillingStorage>,
): void {
  async function open() {
    const storage = await fresh()
    const { projections } = storage.repositories.billing
    return { projections, a: await storedTenant(storage), b: await storedTenant(storage) }
  }

  test('an object is found as it was saved, by its tenant only', async () => {
    const { projections, a, b } = await open()
    const saved = sample(a, 'sub_1', { fetchedAt: new Date('2026-03-01T12:00:00.007Z'), version: 3 })
    await projections.save([saved, sample(b, 'sub_2')])
    expect(await projections.find(a, 'subscription', 'sub_1')).toEqual(saved)
    expect(await projections.find(b, 'subscription', 'sub_1')).toBe(null)
    expect(await projections.find(a, 'invoice', 'sub_1')).toBe(null)
    expect(await projections.find(newId('ten'), 'subscription', 'sub_1')).toBe(null)
    await projections.save([])
  })

  test('objects are loaded whichever tenant they belong to', async () => {
    const { projections, a, b } = await open()
    await projections.save([sample(a, 'sub_1'), sample(b, 'sub_2')])
    const loaded = await projections.load([
      { type: 'subscription', id: 'sub_2' },
      { type: 'subscription', id: 'sub_1' },
      { type: 'invoice', id: 'sub_1' },
      { type: 'subscription', id: 'sub_3' },
    ])
    expect(loaded.map(({ tenantId }) => tenantId).toSorted()).toEqual([a, b].toSorted())
    expect(await projections.load([])).toEqual([])
  })

  test('a save replaces what was known', async () => {
    const { projections, a } = await open()
    await projections.save([sample(a, 'sub_1')])
    const next: Projection<'subscription'> = {
      ...sample(a, 'sub_1', { version: 2, seenAt: new Date('2026-03-02T00:00:00.000Z') }),
      object: { type: 'subscription', value: sampleSubscription({ status: 'canceled' }) },
    }
    await projections.save([next])
    expect(await projections.find(a, 'subscription', 'sub_1')).toEqual(next)
  })

  test('an object never changes its tenant', async () => {
    const { projections, a, b } = await open()
    await projections.save([sample(a, 'sub_1')])
    await projections.save([sample(b, 'sub_1', { version: 2 })])
    expect(await projections.find(b, 'subscription', 'sub_1')).toBe(null)
    expect(await projections.find(a, 'subscription', 'sub_1')).toMatchObject({ version: 1 })
  })

  test('objects of a tenant are listed in pages, those made last first', async () => {
    const { projections, a, b } = await open()
    const made = (id: string, createdAt: string): Projection<'subscription'> => ({
      ...sample(a, id),
      object: { type: 'subscription', value: sampleSubscription({ id, createdAt }) },
    })
    const rows = [
      made('sub_b', '2026-03-01T00:00:00.000Z'),
      made('sub_a', '2026-03-01T00:00:00.000Z'),
      made('sub_c', '2026-02-01T00:00:00.000Z'),
      made('sub_d', '2026-04-01T00:00:00.000Z'),
    ]
    await projections.save([...rows, sample(b, 'sub_e')])
    const list = async (limit: number, after: string | null) =>
      (await projections.list(a, 'subscription', { limit, after })).map(({ object }) => object.value.id)
    expect(await list(10, null)).toEqual(['sub_d', 'sub_b', 'sub_a', 'sub_c'])
    expect(await list(1, null)).toEqual(['sub_d', 'sub_b'])
    expect(await list(1, projectionPlace(sample(a, 'sub_b')))).toEqual(['sub_a', 'sub_c'])
    expect(await list(1, '0:sub')).toEqual([])
    expect(await projections.list(a, 'invoice', { limit: 10, after: null })).toEqual([])
  })

  test('open subscriptions are listed in pages, whichever tenant they belong to', async () => {
    const { projections, a, b } = await open()
    await projections.save([
      inState(b, 'sub_c', 'past_due'),
      inState(a, 'sub_a', 'active'),
      inState(a, 'sub_b', 'canceled'),
      inState(b, 'sub_d', 'incomplete_expired'),
      inState(a, 'sub_e', 'paused'),
    ])
    const list = async (limit: number, after: string | null) =>
      (await projections.listOpen({ limit, after })).map(({ object }) => object.value.id)
    expect(await list(10, null)).toEqual(['sub_a', 'sub_c', 'sub_e'])
    expect(await list(1, 'sub_a')).toEqual(['sub_c', 'sub_e'])
    expect(await list(1, 'sub_e')).toEqual([])
  })

  test('open subscriptions of some tenants are all of theirs and none of others', async () => {
    const { projections, a, b } = await open()
    await projections.save([
      inState(a, 'sub_a', 'active'),
      inState(a, 'sub_b', 'canceled'),
      inState(a, 'sub_c', 'incomplete'),
      inState(b, 'sub_d', 'past_due'),
    ])
    const list = async (...tenantIds: readonly Id<'ten'>[]) =>
      (await projections.listOpenOf(tenantIds)).map(({ object }) => object.value.id).toSorted()
    expect(await list(a)).toEqual(['sub_a', 'sub_c'])
    expect(await list(b, newId('ten'), a)).toEqual(['sub_a', 'sub_c', 'sub_d'])
    expect(await list()).toEqual([])
  })
}
