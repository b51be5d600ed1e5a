import { newId } from '../../kernel/id.ts'
import { race, type Suite, winners } from '../../ports/suite.ts'
import { defaultTenantSettings } from '../settings/tenant-settings.ts'
import { TenantErrors } from '../tenant-errors.ts'
import { invitationRepositoryConformance } from './invitation-repository.conformance.ts'
import { membershipRepositoryConformance } from './membership-repository.conformance.ts'
import { createdAt, sampleTenant, storedTenant, type TenantStorage } from './samples.conformance.ts'
import { activityRepositoryConformance } from './activity-repository.conformance.ts'
import { roleRepositoryConformance } from './role-repository.conformance.ts'
import { tenantLifecycleRepositoryConformance } from './tenant-lifecycle-repository.conformance.ts'
import { tenantRepositoryConformance } from './tenant-repository.conformance.ts'
import { tenantSettingsRepositoryConformance } from './tenant-settings-repository.conformance.ts'
import { webhookRepositoryConformance } from './webhook-repository.conformance.ts'

const nobody = { limit: 10, after: null }

/** The law of `TenantRepositories` and of the transactions around them. `fresh` gives an empty storage for each test. */
export function tenantRepositoriesConformance(suite: Suite, fresh: () => Promise<TenantStorage>): void {
  tenantRepositoryConformance(suite, fresh)
  membershipRepositoryConformance(suite, fresh)
  roleRepositoryConformance(suite, fresh)
  tenantSettingsRepositoryConformance(suite, fresh)
  webhookRepositoryConformance(suite, fresh)
  invitationRepositoryConformance(suite, fresh)
  tenantLifecycleRepositoryConformance(suite, fresh)
  activityRepositoryConformance(suite, fresh)
  transactionConformance(suite, fresh)
}

function transactionConformance({ test, expect }: Suite, fresh: () => Promise<TenantStorage>): void {
  /** Writes through every repository, and records. */
  async function createTenant({ transaction }: TenantStorage, fail: Error | null) {
    const tenant = sampleTenant()
    const userId = newId('usr')
    await transaction(async ({ repositories: { tenant: bound }, events }) => {
      await bound.tenants.insert(tenant)
      await bound.settings.insert(tenant.id, defaultTenantSettings)
      await events.record({ type: 'tenant.account.created', tenantId: tenant.id, payload: { userId } })
      await bound.memberships.insert({ tenantId: tenant.id, userId, role: 'owner', createdAt })
      if (fail) throw fail
    }).catch((error: unknown) => {
      if (error !== fail) throw error
    })
    return tenant
  }

  test('a transaction keeps everything that it wrote and recorded', async () => {
    const storage = await fresh()
    const tenant = await createTenant(storage, null)
    const { tenants, settings, memberships } = storage.repositories.tenant
    expect(await tenants.find(tenant.id)).toEqual(tenant)
    expect(await settings.find(tenant.id)).toEqual(defaultTenantSettings)
    expect(await memberships.listOfTenant(tenant.id, nobody)).toHaveLength(1)
    expect(await storage.outbox.claim({ limit: 10, leaseMs: 1000 })).toMatchObject([{ tenantId: tenant.id }])
  })

  test('a transaction that fails leaves nothing', async () => {
    const storage = await fresh()
    const tenant = await createTenant(storage, new Error('on purpose'))
    const { tenants, settings, memberships } = storage.repositories.tenant
    expect(await tenants.find(tenant.id)).toBe(null)
    expect(await settings.find(tenant.id)).toBe(null)
    expect(await memberships.listOfTenant(tenant.id, nobody)).toEqual([])
    expect(await storage.outbox.depth()).toEqual({ pending: 0, dead: 0 })
  })

  test('what a transaction changed in existing rows is undone with it', async () => {
    const storage = await fresh()
    const { tenants } = storage.repositories.tenant
    const tenantId = await storedTenant(storage)
    const failed = storage.transaction(async ({ repositories }) => {
      await repositories.tenant.tenants.rename(tenantId, 'Changed')
      throw new Error('on purpose')
    })
    await expect(failed).rejects.toThrow('on purpose')
    expect(await tenants.find(tenantId)).toMatchObject({ name: 'Acme' })
  })

  test('a transaction sees what it wrote, and returns what the work returned', async () => {
    const storage = await fresh()
    const tenant = sampleTenant()
    const found = await storage.transaction(async ({ repositories: { tenant: bound } }) => {
      await bound.tenants.insert(tenant)
      return bound.tenants.find(tenant.id)
    })
    expect(found).toEqual(tenant)
  })

  test('an error of a port passes through a transaction and undoes it', async () => {
    const storage = await fresh()
    const taken = sampleTenant()
    await storage.repositories.tenant.tenants.insert(taken)
    const failed = storage.transaction(async ({ repositories: { tenant: bound }, events }) => {
      await events.record({ type: 'tenant.account.created', tenantId: null, payload: {} })
      await bound.tenants.insert(sampleTenant({ slug: taken.slug }))
    })
    await expect(failed).rejects.toMatchObject({ code: TenantErrors.slugTaken.code })
    expect(await storage.outbox.depth()).toEqual({ pending: 0, dead: 0 })
  })

  test('concurrent transactions that do not meet all succeed', async () => {
    const storage = await fresh()
    const results = await race(() => createTenant(storage, null))
    expect(winners(results)).toHaveLength(results.length)
    expect(await storage.outbox.depth()).toEqual({ pending: results.length, dead: 0 })
  })

  test('an event keeps its payload, and events of one transaction their order', async () => {
    const { transaction, outbox } = await fresh()
    const payloads = Array.from({ length: 20 }, (_, number) => ({ number, list: [1, null, { deep: 'ž🌱' }] }))
    await transaction(({ events }) =>
      events.record(...payloads.map((payload) => ({ type: 'test.was.done', tenantId: null, payload }))),
    )
    const entries = await outbox.claim({ limit: 50, leaseMs: 1000 })
    expect(entries.map(({ payload }) => payload)).toEqual(payloads)
  })
}
