import { agentsRepositoriesConformance } from '@corbel/agents/ports'
import { authRepositoriesConformance } from '@corbel/auth/ports'
import { billingRepositoriesConformance } from '@corbel/billing/ports'
import {
  auditLogConformance,
  deliveryStoreConformance,
  type Id,
  idempotencyStoreConformance,
  jobQueueConformance,
  manualClock,
  manualTime,
  outboxConformance,
  storageConformance,
  storageJobQueue,
} from '@corbel/core/ports'
import { statusRepositoriesConformance } from '@corbel/core/status/ports'
import { type TenantRepositories, tenantRepositoriesConformance } from '@corbel/core/tenant/ports'
import { afterAll, beforeAll, describe } from 'vitest'
import { backends, openStorage, type OpenStorage, openTimeout } from '../../../test/storages.ts'
import { conforming } from '../../../test/vitest-suite.ts'

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

  describe('storage', () =>
    storageConformance(conforming('storage', backend), async () => ({ storage: await fresh() }), probe))

  describe('outbox', () =>
    outboxConformance(conforming('outbox', backend), async () => {
      const { outbox, transaction } = await fresh()
      return {
        ...time,
        outbox,
        record: (...events) => transaction((tx) => tx.events.record(...events)),
      }
    }))

  describe('deliveries', () =>
    deliveryStoreConformance(conforming('delivery store', backend), async () => {
      const { deliveries, outbox, transaction } = await fresh()
      return {
        ...time,
        deliveries,
        outbox,
        record: (...events) => transaction((tx) => tx.events.record(...events)),
      }
    }))

  describe('jobs', () =>
    jobQueueConformance(conforming('job queue', backend), async () => {
      const storage = await fresh()
      return {
        ...time,
        queue: storageJobQueue(storage),
        transaction: (work) => storage.transaction((tx) => work(tx.jobs)),
      }
    }))

  describe('idempotency', () =>
    idempotencyStoreConformance(conforming('idempotency store', backend), async () => ({
      ...time,
      store: (await fresh()).idempotency,
    })))

  describe('audit', () =>
    auditLogConformance(conforming('audit log', backend), async () => {
      const { transaction, repositories } = await fresh()
      return {
        ...time,
        audit: repositories.auth.auditLog,
        record: (...events) => transaction((tx) => tx.events.record(...events)),
        recordAndFail: async (...events) => {
          const failed = transaction(async (tx) => {
            await tx.events.record(...events)
            throw new Error('on purpose')
          })
          await failed.catch(() => {})
        },
        transaction: (work) => transaction((tx) => work(tx.repositories.auth.auditLog)),
      }
    }))

  describe('tenant', () => tenantRepositoriesConformance(conforming('tenant repositories', backend), fresh))

  describe('billing', () =>
    billingRepositoriesConformance(conforming('billing repositories', backend), fresh))
  describe('agents', () => agentsRepositoriesConformance(conforming('agents repositories', backend), fresh))
  describe('status', () => statusRepositoriesConformance(conforming('status repositories', backend), fresh))

  describe('auth', () => authRepositoriesConformance(conforming('auth repositories', backend), fresh))
})
