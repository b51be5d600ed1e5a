import { addMilliseconds, milliseconds } from '../../kernel/duration.ts'
import { type Id, newId } from '../../kernel/id.ts'
import { race, racers, type Suite, winners } from '../../ports/suite.ts'
import { TenantErrors } from '../tenant-errors.ts'
import {
  awkwardText,
  createdAt,
  sampleInvitation,
  sampleTenant,
  sampleWebhook,
  storedTenant,
  type TenantStorage,
} from './samples.conformance.ts'

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

  test('a tenant counts its members, its open invitations and its webhooks, and no others', async () => {
    const storage = await fresh()
    const { tenants, memberships, invitations, webhooks } = storage.repositories.tenant
    const [tenantId, other] = [await storedTenant(storage), await storedTenant(storage)]
    const now = new Date('2026-03-01T12:00:00.000Z')
    const invite = (owner: Id<'ten'>, status: 'pending' | 'revoked', hours: number) =>
      invitations.insert(
        sampleInvitation(owner, {
          email: `${newId('usr')}@example.com`,
          status,
          expiresAt: addMilliseconds(now, milliseconds('1h') * hours),
        }),
        newId('evt'),
      )
    for (const owner of [tenantId, tenantId, other])
      await memberships.insert({ tenantId: owner, userId: newId('usr'), role: 'member', createdAt })
    for (const owner of [tenantId, tenantId, tenantId, other]) await webhooks.insert(sampleWebhook(owner))
    await invite(tenantId, 'pending', 1)
    await invite(tenantId, 'pending', 0)
    await invite(tenantId, 'revoked', 1)
    await invite(other, 'pending', 1)
    expect(await tenants.count(tenantId, now)).toEqual({ members: 2, invitations: 1, webhooks: 3 })
    expect(await tenants.count(newId('ten'), now)).toEqual({ members: 0, invitations: 0, webhooks: 0 })
  })

  test('renaming an unknown tenant is null', async () => {
    expect(await (await open()).rename(newId('ten'), 'Acme')).toBe(null)
  })
}
