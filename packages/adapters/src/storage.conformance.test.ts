import { authRepositoriesConformance } from '@corbel/auth/ports'
import {
  type Id,
  idempotencyStoreConformance,
  jobQueueConformance,
  manualClock,
  manualTime,
  outboxConformance,
  storageConformance,
  storageJobQueue,
} from '@corbel/core/ports'
import { type TenantRepositories, tenantRepositoriesConformance } from '@corbel/core/tenant/ports'
import { afterAll, beforeAll, describe } from 'vitest'
import { backends, openStorage, type OpenStorage, openTimeout } from '../../../test/storages.ts'
import { vitestSuite } from '../../../test/vitest-suite.ts'

const idOf = (key: string): Id<'ten'> => `ten_${key}`

const probe = {
  write: ({ tenant }: { readonly tenant: TenantRepositories }, key: string) =>
    tenant.tenants.insert({ id: idOf(key), slug: key, name: 'Acme', createdAt: '2026-03-01T12:00:00.000Z' }),
  read: async ({ tenant }: { readonly tenant: TenantRepositories }, key: string) =>
    (await tenant.tenants.find(idOf(key))) !== null,
}

describe.each(await backends())('%s', (backend) => {
  const time = manualTime(manualClock())
  let opened: OpenStorage

  beforeAll(async () => {
    opened = await openStorage(backend, { clock: time.clock })
  }, openTimeout)
  afterAll(() => opened?.close())

  const fresh = async () => {
    await opened.clear()
    return opened.storage
  }

  describe('storage', () => storageConformance(vitestSuite, async () => ({ storage: await fresh() }), probe))

  describe('outbox', () =>
    outboxConformance(vitestSuite, async () => {
      const { outbox, transaction } = await fresh()
      return {
        ...time,
        outbox,
        record: (...events) => transaction((tx) => tx.events.record(...events)),
      }
    }))

  describe('jobs', () =>
    jobQueueConformance(vitestSuite, async () => {
      const storage = await fresh()
      return {
        ...time,
        queue: storageJobQueue(storage),
        transaction: (work) => storage.transaction((tx) => work(tx.jobs)),
      }
    }))

  describe('idempotency', () =>
    idempotencyStoreConformance(vitestSuite, async () => ({ ...time, store: (await fresh()).idempotency })))

  describe('tenant', () => tenantRepositoriesConformance(vitestSuite, fresh))

  describe('auth', () => authRepositoriesConformance(vitestSuite, fresh))
})
