import { beforeAll, expect, test } from 'vitest'
import { recordBackend } from '../../../../test/backends.ts'
import { collectFailures } from '../../../../test/collect-failures.ts'
import { conforming } from '../../../../test/vitest-suite.ts'
import { jobQueueConformance, type JobQueueHarness } from './job-queue.conformance.ts'
import { jobTable, memoryJobRecorder, memoryJobs, mergeJobs } from './job-queue.memory.ts'
import type { JobQueue } from './job-queue.ts'
import type { Job } from './job-store.ts'
import { manualTime } from './timeline.ts'

function open(): JobQueueHarness {
  const time = manualTime()
  const table = jobTable()
  return {
    ...time,
    queue: {
      adapter: { name: 'memory' },
      ...memoryJobs(time, table),
      open: async () => {},
      within: (tx) => tx.jobs,
    },
    transaction: async (work) => {
      const recorded = jobTable()
      await work(memoryJobRecorder(time, recorded))
      mergeJobs(recorded, table)
    },
  }
}

beforeAll(() => recordBackend('memory'))
jobQueueConformance(conforming('job queue', 'memory, alone'), async () => open())

const nextTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

const spoilt = (spoil: (queue: JobQueue, harness: JobQueueHarness) => Partial<JobQueue>) => () => {
  const harness = open()
  return { ...harness, queue: { ...harness.queue, ...spoil(harness.queue, harness) } }
}

test.each([
  [
    'jobs that are looked at first and taken later',
    spoilt((queue) => {
      let looked: ReturnType<JobQueue['claim']> | undefined
      return {
        claim: async (policy, limit) => {
          looked ??= queue.claim(policy, limit)
          const seen = await looked
          await nextTurn()
          looked = undefined
          return seen
        },
      }
    }),
    'of concurrent callers each job goes to one',
  ],
  [
    'a claim that ends the job before it is done',
    spoilt((queue) => ({
      claim: async (policy, limit) => {
        const jobs = await queue.claim(policy, limit)
        for (const job of jobs) await queue.complete(job)
        return jobs
      },
    })),
    'a job whose lease ran out is due again, with the same id and the next attempt',
  ],
  [
    'attempts without end',
    spoilt((queue) => ({
      claim: (policy, limit) => queue.claim({ ...policy, attempts: 1e6 }, limit),
      fail: (policy, job, error) => queue.fail({ ...policy, attempts: 1e6 }, job, error),
    })),
    'a job whose workers never come back is a dead letter after its last lease',
  ],
  [
    'retries at once',
    spoilt((queue) => ({
      fail: (policy, job, error) => queue.fail({ ...policy, retryMs: 0, longestRetryMs: 0 }, job, error),
    })),
    'a failed job is due again after its delay and not before, which doubles up to the longest',
  ],
  [
    'a delay that never doubles',
    spoilt((queue) => ({
      fail: (policy, job, error) => queue.fail({ ...policy, longestRetryMs: policy.retryMs }, job, error),
    })),
    'a failed job is due again after its delay and not before, which doubles up to the longest',
  ],
  [
    'a stale worker that may do everything',
    spoilt((queue) => {
      const latest = new Map<string, Awaited<ReturnType<JobQueue['claim']>>[number]>()
      const current = (job: Awaited<ReturnType<JobQueue['claim']>>[number]) => latest.get(job.id) ?? job
      return {
        claim: async (policy, limit) => {
          const jobs = await queue.claim(policy, limit)
          for (const job of jobs) latest.set(job.id, job)
          return jobs
        },
        complete: (job) => queue.complete(current(job)),
        fail: (policy, job, error) => queue.fail(policy, current(job), error),
      }
    }),
    'a lost claim can do nothing to the claim of another',
  ],
  [
    'a renewal that renews nothing',
    spoilt(() => ({ renew: async () => true })),
    'renew hides the job for another lease',
  ],
  [
    'keys that nobody looks at',
    spoilt((queue) => ({
      enqueue: (...jobs) => queue.enqueue(...jobs.map(({ singletonKey: _, ...job }) => job)),
    })),
    'of concurrent jobs with one key one is kept',
  ],
  [
    'keys that tenants share',
    spoilt((queue) => {
      const owners = new Map<string, Job['tenantId']>()
      return {
        enqueue: async (...jobs) => {
          for (const job of jobs) {
            const tenantId =
              job.singletonKey === undefined ? job.tenantId : (owners.get(job.name) ?? job.tenantId)
            owners.set(job.name, tenantId)
            await queue.enqueue({ ...job, tenantId })
          }
        },
      }
    }),
    'while a job with the same name, tenant and key waits for its first attempt, another changes nothing',
  ],
  [
    'times that nobody looks at',
    spoilt((queue) => ({ enqueue: (...jobs) => queue.enqueue(...jobs.map(({ runAt: _, ...job }) => job)) })),
    'a job is not due before its time',
  ],
  [
    'jobs that escape a transaction',
    () => {
      const harness = open()
      return {
        ...harness,
        transaction: (work: Parameters<JobQueueHarness['transaction']>[0]) => work(harness.queue),
      }
    },
    'a failed transaction leaves no job',
  ],
])('the suite finds %s', async (_fault, broken, law) => {
  expect(await collectFailures((suite) => jobQueueConformance(suite, async () => broken()))).toContain(law)
})
