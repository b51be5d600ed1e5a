import { newId } from '../../kernel/id.ts'
import { race, racers, type Suite, winners } from '../../ports/suite.ts'
import { TenantErrors } from '../tenant-errors.ts'
import { awkwardText, sampleTenant, type TenantStorage } from './samples.conformance.ts'

/** The law of `TenantRepository`. `fresh` gives an empty storage for each test. */
export function tenantRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<TenantStorage>,
): void {
  const open = async () => (await fresh()).repositories.tenant.tenants

  test('a tenant is found as it was stored', async () => {
    const tenants = await open()
    const tenant = sampleTenant({ name: awkwardText, createdAt: '2026-03-01T12:00:00.007Z' })
    await tenants.insert(tenant)
    await tenants.insert(sampleTenant())
    expect(await tenants.find(tenant.id)).toEqual(tenant)
  })

  test('an unknown tenant is null', async () => {
    expect(await (await open()).find(newId('ten'))).toBe(null)
  })

  test('a slug is given once', async () => {
    const tenants = await open()
    const first = sampleTenant({ slug: 'acme' })
    await tenants.insert(first)
    const second = sampleTenant({ slug: 'acme' })
    await expect(tenants.insert(second)).rejects.toMatchObject({ code: TenantErrors.slugTaken.code })
    expect(await tenants.find(second.id)).toBe(null)
    expect(await tenants.find(first.id)).toEqual(first)
  })

  test('of concurrent callers with one slug, one succeeds', async () => {
    const tenants = await open()
    const drafts = Array.from({ length: racers }, () => sampleTenant({ slug: 'acme' }))
    const results = await race(async (racer) => tenants.insert(drafts[racer] ?? sampleTenant()))
    expect(winners(results)).toHaveLength(1)
    for (const result of results) {
      if (result.status === 'rejected')
        expect(result.reason).toMatchObject({ code: TenantErrors.slugTaken.code })
    }
    const found = await Promise.all(drafts.map(({ id }) => tenants.find(id)))
    expect(found.filter((tenant) => tenant !== null)).toHaveLength(1)
  })

  test('rename changes the name of one tenant and returns it', async () => {
    const tenants = await open()
    const [tenant, other] = [sampleTenant(), sampleTenant()]
    await tenants.insert(tenant)
    await tenants.insert(other)
    const renamed = { ...tenant, name: awkwardText }
    expect(await tenants.rename(tenant.id, awkwardText)).toEqual(renamed)
    expect(await tenants.find(tenant.id)).toEqual(renamed)
    expect(await tenants.find(other.id)).toEqual(other)
  })

  test('renaming an unknown tenant is null', async () => {
    expect(await (await open()).rename(newId('ten'), 'Acme')).toBe(null)
  })
}
