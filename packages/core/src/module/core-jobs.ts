import { before } from '../kernel/duration.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Storage } from '../ports/storage.ts'
import { defineJobs, type JobHandler } from './define-jobs.ts'

export const CoreJobs = defineJobs({
  purgeOutbox: {
    name: 'core.outbox.purge',
    summary: 'Forget events that were delivered more than 7 days ago.',
    every: '1h',
  },
  purgeIdempotencyKeys: {
    name: 'core.idempotency_key.purge',
    summary: 'Forget idempotency keys that have expired.',
    every: '1h',
  },
})

export const coreJobs = (storage: Storage<unknown>, clock: Clock): readonly JobHandler[] => [
  {
    job: CoreJobs.purgeOutbox,
    run: async () => void (await storage.outbox.purge(before(clock.now(), '7d'))),
  },
  { job: CoreJobs.purgeIdempotencyKeys, run: async () => void (await storage.idempotency.purge()) },
]
