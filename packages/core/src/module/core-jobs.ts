import type { Storage } from '../ports/storage.ts'
import { defineJobs, type JobHandler } from './define-jobs.ts'
import type { Dispatcher } from './dispatcher.ts'

export const CoreJobs = defineJobs({
  purgeIdempotencyKeys: {
    name: 'core.idempotency_key.purge',
    summary: 'Forget idempotency keys that have expired.',
    every: '1h',
  },
  purgeDeliveries: {
    name: 'core.delivery.purge',
    summary: 'Forget deliveries that ended more than 30 days ago.',
    every: '1h',
  },
})

export const coreJobs = (storage: Storage<unknown>, dispatcher: Dispatcher): readonly JobHandler[] => [
  { job: CoreJobs.purgeIdempotencyKeys, run: async () => void (await storage.idempotency.purge()) },
  { job: CoreJobs.purgeDeliveries, run: async () => void (await dispatcher.purge()) },
]
