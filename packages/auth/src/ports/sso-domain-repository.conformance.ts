import { race, type Suite, winners } from '@corbel/core/ports'
import { at, type AuthStorage, now, recorded, sampleEvent, storedTenant } from './samples.conformance.ts'

/** The law of `SsoDomainRepository`. `fresh` gives an empty storage for each test. */
export function ssoDomainRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<AuthStorage>,
): void {
  async function open() {
    const storage = await fresh()
    const { ssoDomains } = storage.repositories.auth
    const [tenantId, other] = [await storedTenant(storage), await storedTenant(storage)]
    return { storage, ssoDomains, tenantId, other }
  }

  test('domains are listed by name, each tenant has its own, and the first proof stays', async () => {
    const { storage, ssoDomains, tenantId, other } = await open()
    const [org, com] = ['example.org', 'example.com'].map((domain) => ({ domain, verifiedAt: now })) as [
      { domain: string; verifiedAt: Date },
      { domain: string; verifiedAt: Date },
    ]
    await ssoDomains.insert(tenantId, org, [sampleEvent('verified')])
    await ssoDomains.insert(tenantId, com, [sampleEvent('verified')])
    await ssoDomains.insert(tenantId, { ...com, verifiedAt: at(60) }, [sampleEvent('verified')])
    await ssoDomains.insert(other, { ...com, verifiedAt: at(5) }, [])
    expect(await ssoDomains.list(tenantId)).toEqual([com, org])
    expect(await ssoDomains.list(other)).toEqual([{ ...com, verifiedAt: at(5) }])
    expect(await recorded(storage)).toHaveLength(2)
  })

  test('of concurrent proofs of a domain one is recorded, and of concurrent removals one', async () => {
    const { storage, ssoDomains, tenantId } = await open()
    const proved = { domain: 'example.com', verifiedAt: now }
    const proofs = await race(() => ssoDomains.insert(tenantId, proved, [sampleEvent('verified')]))
    expect(proofs.every(({ status }) => status === 'fulfilled')).toBe(true)
    expect(await recorded(storage)).toHaveLength(1)
    const removals = await race(() => ssoDomains.remove(tenantId, proved.domain, [sampleEvent('removed')]))
    expect(winners(removals).filter(Boolean)).toEqual([true])
    expect(await recorded(storage)).toHaveLength(1)
  })

  test('a domain is removed for one tenant, and it is told whether there was one', async () => {
    const { storage, ssoDomains, tenantId, other } = await open()
    const proved = { domain: 'example.com', verifiedAt: now }
    await ssoDomains.insert(tenantId, proved, [])
    expect(await ssoDomains.remove(other, proved.domain, [sampleEvent('removed')])).toBe(false)
    expect(await ssoDomains.remove(tenantId, 'example.org', [sampleEvent('removed')])).toBe(false)
    expect(await recorded(storage)).toHaveLength(0)
    expect(await ssoDomains.remove(tenantId, proved.domain, [sampleEvent('removed')])).toBe(true)
    expect(await ssoDomains.remove(tenantId, proved.domain, [sampleEvent('removed')])).toBe(false)
    expect(await ssoDomains.list(tenantId)).toEqual([])
    expect(await recorded(storage)).toHaveLength(1)
  })
}
