import { expect, test } from 'vitest'
import { collectFailures } from '../../../../test/collect-failures.ts'
import { cacheConformance } from './cache.conformance.ts'
import { memoryCache } from './cache.memory.ts'
import { memoryDeliveries } from './delivery-store.memory.ts'
import { memoryIdempotencyStore } from './idempotency-store.memory.ts'
import { jobQueueConformance } from './job-queue.conformance.ts'
import { jobTable, memoryJobRecorder, memoryJobs, mergeJobs } from './job-queue.memory.ts'
import { memoryEventRecorder, memoryOutbox, outboxTable } from './outbox.memory.ts'
import { storageConformance } from './storage.conformance.ts'
import { manualTime } from './timeline.ts'

// Each adapter claims to do what it does not: it has the methods, and their answers are those of success.

test('a storage that says that it has written, and writes later', async () => {
  const probe = {
    write: async (keys: Set<string>, key: string) => void keys.add(key),
    read: async (keys: Set<string>, key: string) => keys.has(key),
  }
  const failures = await collectFailures((suite) =>
    storageConformance<Set<string>>(
      suite,
      async () => {
        const time = manualTime()
        const table = outboxTable()
        const jobs = jobTable()
        const kept = new Set<string>()
        return {
          storage: {
            adapter: { name: 'write-behind' },
            repositories: kept,
            outbox: memoryOutbox(time, table),
            jobs: memoryJobs(time, jobs),
            deliveries: memoryDeliveries(time, undefined, table),
            idempotency: memoryIdempotencyStore(time),
            transaction: async (work) => {
              const scope = new Set(kept)
              const [events, enqueued] = [outboxTable(), jobTable()]
              const value = await work({
                repositories: scope,
                events: memoryEventRecorder(time, events),
                jobs: memoryJobRecorder(time, enqueued),
              })
              setTimeout(() => {
                for (const key of scope) kept.add(key)
                mergeJobs(enqueued, jobs)
              }, 20)
              return value
            },
            check: async () => {},
          },
        }
      },
      probe,
    ),
  )
  expect(failures).toContain('a resolved transaction has kept everything written through its scope')
  expect(failures).toContain(
    'a job enqueued in a transaction exists when it has committed, and not when it was rolled back',
  )
})

test('a queue that takes part in transactions, as it says, and enqueues at once', async () => {
  const failures = await collectFailures((suite) =>
    jobQueueConformance(suite, async () => {
      const time = manualTime()
      const table = jobTable()
      return {
        ...time,
        queue: {
          adapter: { name: 'hasty' },
          ...memoryJobs(time, table),
          open: async () => {},
          within: () => memoryJobRecorder(time, table),
        },
        transaction: (work) => work(memoryJobRecorder(time, table)),
      }
    }),
  )
  expect(failures).toEqual([
    'a failed transaction leaves no job',
    'of concurrent transactions those that commit have their jobs',
  ])
})

test('a queue that says that every job is completed and every claim renewed', async () => {
  const failures = await collectFailures((suite) =>
    jobQueueConformance(suite, async () => {
      const time = manualTime()
      const table = jobTable()
      const jobs = memoryJobs(time, table)
      return {
        ...time,
        queue: {
          adapter: { name: 'agreeable' },
          ...jobs,
          open: async () => {},
          within: (tx) => tx.jobs,
          complete: async (job) => (await jobs.complete(job)) || true,
          renew: async () => true,
        },
        transaction: async (work) => {
          const recorded = jobTable()
          await work(memoryJobRecorder(time, recorded))
          mergeJobs(recorded, table)
        },
      }
    }),
  )
  expect(failures).toContain('of concurrent completions one gets true')
  expect(failures).toContain('renew hides the job for another lease')
  expect(failures).toContain('a lost claim can do nothing to the claim of another')
})

test('a cache that takes every time to live and keeps values for ever', async () => {
  const failures = await collectFailures((suite) =>
    cacheConformance(suite, async () => {
      const time = manualTime()
      const values = new Map<string, string>()
      return {
        ...time,
        cache: {
          ...memoryCache(time),
          get: async (key) => values.get(key) ?? null,
          set: async (key, value) => void values.set(key, value),
          add: async (key, value) => {
            if (values.has(key)) return false
            values.set(key, value)
            return true
          },
          delete: async (key) => void values.delete(key),
        },
      }
    }),
  )
  expect(failures).toEqual([
    'get returns null after the time to live',
    'set replaces both the value and its time to live',
    'add takes an expired key for an absent one and gives it a time to live',
  ])
})
