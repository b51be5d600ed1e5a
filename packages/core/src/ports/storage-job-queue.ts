import type { JobQueue } from './job-queue.ts'
import type { Storage } from './storage.ts'

/** The queue that every storage brings along: as durable as the storage, and in its transactions. */
export const storageJobQueue = (storage: Pick<Storage<unknown>, 'adapter' | 'jobs' | 'check'>): JobQueue => ({
  ...storage.jobs,
  adapter: storage.adapter,
  open: async () => {},
  within: (tx) => tx.jobs,
  check: () => storage.check(),
})
