import { newId } from '../../kernel/id.ts'
import { race, racers, type Suite, winners } from '../../ports/suite.ts'
import { type TenantStatus, tenantStatuses } from '../lifecycle/lifecycle.ts'
import { defaultTenantSettings } from '../settings/tenant-settings.ts'
import { createdAt, sampleTenant, storedTenant, type TenantStorage } from './samples.conformance.ts'

const now = new Date('2026-03-02T12:00:00.000Z')
const later = new Date('2026-03-03T12:00:00.000Z')

/** The law of `TenantLifecycleRepository`. `fresh` gives an empty storage for each test. */
export function tenantLifecycleRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<TenantStorage>,
): void {
  async function open() {
    const storage = await fresh()
    const { tenants, lifecycles } = storage.repositories.tenant
    const stored = async (status?: TenantStatus, change: Parameters<typeof sampleTenant>[0] = {}) => {
      const tenant = sampleTenant(change)
      await tenants.insert(tenant, status)
      return tenant
    }
    return { storage, lifecycles, stored }
  }
  const to = (status: TenantStatus, from: readonly TenantStatus[], at = now) => ({
    to: status,
    from,
    reason: 'on purpose',
    now: at,
  })

  test('a tenant is active unless it is stored in another state', async () => {
    const { lifecycles, stored } = await open()
    const tenant = await stored()
    const state = { statusReason: null, statusChangedAt: createdAt, erasedAt: null }
    expect(await lifecycles.find(tenant.id)).toEqual({ ...tenant, ...state, status: 'active' })
    for (const status of tenantStatuses) {
      const other = await stored(status)
      expect(await lifecycles.find(other.id)).toEqual({ ...other, ...state, status })
    }
    expect(await lifecycles.find(newId('ten'))).toBe(null)
  })

  test('tenants are listed newest first, by state and part of the name or the slug', async () => {
    const { lifecycles, stored } = await open()
    const names = ['Acme', 'ACME two', 'Other 100%']
    const ids: string[] = []
    for (const name of names) {
      const id = newId('ten')
      ids.push(
        (await stored(name === 'Acme' ? 'suspended' : 'active', { id, name, slug: `s-${ids.length}` })).id,
      )
    }
    const page = async (
      filter: Parameters<typeof lifecycles.list>[0],
      limit = 100,
      after: string | null = null,
    ) => (await lifecycles.list(filter, { limit, after })).map(({ id }) => id)
    const sorted = ids.toSorted((a, b) => (a > b ? -1 : 1))
    expect(await page({})).toEqual(sorted)
    expect(await page({}, 1)).toEqual(sorted.slice(0, 2))
    expect(await page({}, 5, sorted[1])).toEqual(sorted.slice(2))
    expect(await page({ q: 'acme' })).toHaveLength(2)
    expect(await page({ q: 'acme', status: 'suspended' })).toEqual([ids[0]])
    expect(await page({ q: '0%' })).toEqual([ids[2]])
    expect(await page({ q: 'S-1' })).toEqual([ids[1]])
    expect(await page({ q: '_' })).toEqual([])
  })

  test('a state is changed from the states that allow it, by one of concurrent callers', async () => {
    const { lifecycles, stored } = await open()
    const [tenant, other] = [await stored(), await stored()]
    expect(await lifecycles.change(tenant.id, to('active', ['suspended']))).toBe(null)
    expect(await lifecycles.change(newId('ten'), to('suspended', ['active']))).toBe(null)
    const results = winners(await race(() => lifecycles.change(tenant.id, to('suspended', ['active']))))
    const changed = results.filter((state) => state !== null)
    expect(results).toHaveLength(64)
    expect(changed).toHaveLength(1)
    expect(changed[0] ?? {}).toMatchObject({
      status: 'suspended',
      statusReason: 'on purpose',
      statusChangedAt: now.toISOString(),
    })
    expect(await lifecycles.find(tenant.id)).toEqual(changed[0])
    expect((await lifecycles.find(other.id)) ?? {}).toMatchObject({ status: 'active' })
  })

  test('what changed is told since a time, and all that is not active to those who ask first', async () => {
    const { lifecycles, stored } = await open()
    const [one, two, three] = [await stored(), await stored(), await stored('provisioning')]
    await lifecycles.change(one.id, to('suspended', ['active'], now))
    await lifecycles.change(two.id, to('suspended', ['active'], now))
    await lifecycles.change(two.id, to('active', ['suspended'], later))
    const told = async (since: Date | null) =>
      (await lifecycles.listChangedSince(since))
        .map(({ tenantId, status }) => `${tenantId} ${status}`)
        .toSorted()
    expect(await told(null)).toEqual([`${one.id} suspended`, `${three.id} provisioning`].toSorted())
    expect(await told(now)).toEqual([`${one.id} suspended`, `${two.id} active`].toSorted())
    expect(await told(later)).toEqual([`${two.id} active`])
  })

  test('features are set and taken away one by one, in one tenant', async () => {
    const { lifecycles, stored } = await open()
    const [tenant, other] = [await stored(), await stored()]
    expect(await lifecycles.findFeatures(tenant.id)).toEqual({})
    expect(await lifecycles.changeFeatures(tenant.id, { sso: true, seats: 5 })).toEqual({
      sso: true,
      seats: 5,
    })
    expect(await lifecycles.changeFeatures(tenant.id, { sso: null, beta: false })).toEqual({
      seats: 5,
      beta: false,
    })
    expect(await lifecycles.findFeatures(tenant.id)).toEqual({ seats: 5, beta: false })
    expect(await lifecycles.findFeatures(other.id)).toEqual({})
    expect(await lifecycles.findFeatures(newId('ten'))).toBe(null)
    expect(await lifecycles.changeFeatures(newId('ten'), {})).toBe(null)
  })

  test('concurrent changes of features keep each other', async () => {
    const { lifecycles, stored } = await open()
    const { id } = await stored()
    await race((racer) => lifecycles.changeFeatures(id, { [`feature-${racer}`]: true }))
    expect(Object.keys((await lifecycles.findFeatures(id)) ?? {})).toHaveLength(racers)
  })

  test('a deprovisioned tenant is erased once, with everything of it and nothing of another', async () => {
    const { storage, lifecycles } = await open()
    const { settings, memberships } = storage.repositories.tenant
    const [tenantId, other] = [await storedTenant(storage), await storedTenant(storage)]
    for (const id of [tenantId, other]) {
      await settings.insert(id, defaultTenantSettings)
      await memberships.insert({ tenantId: id, userId: newId('usr'), role: 'owner', createdAt })
    }
    const erase = () =>
      storage.transaction(({ repositories }) => repositories.tenant.lifecycles.erase(tenantId, now))
    expect(await erase()).toBe(null)
    await lifecycles.changeFeatures(tenantId, { sso: true })
    await lifecycles.change(tenantId, to('deprovisioned', ['active']))
    const reports = winners(await race(erase)).filter((report) => report !== null)
    expect(reports).toHaveLength(1)
    expect(Object.values(reports[0] ?? {})).toEqual([1, 1])
    expect(await settings.find(tenantId)).toBe(null)
    expect(await memberships.listOfTenant(tenantId, { limit: 1, after: null })).toEqual([])
    expect(await lifecycles.findFeatures(tenantId)).toEqual({})
    expect((await lifecycles.find(tenantId)) ?? {}).toMatchObject({
      name: 'erased',
      status: 'deprovisioned',
      erasedAt: now.toISOString(),
    })
    expect(await settings.find(other)).toEqual(defaultTenantSettings)
    expect(await memberships.listOfTenant(other, { limit: 1, after: null })).toHaveLength(1)
  })
}
