import type { Clock } from '../kernel/clock.ts'
import { milliseconds } from '../kernel/duration.ts'
import type { JobQueue } from '../ports/job-queue.ts'
import type { QueuePolicy } from '../ports/job-store.ts'
import type { Logger } from '../ports/logger.ts'
import type { Meter } from '../ports/meter.ts'
import { CoreMetrics } from './core-metrics.ts'
import type { JobHandler, JobSpec } from './define-jobs.ts'
import { JobWorker } from './job-worker.ts'
import { followingTick, type RecurringJobSpec, tickAfter, tickJob } from './recurrence.ts'

export interface JobRunnerOptions {
  readonly queue: JobQueue
  readonly jobs: readonly JobHandler[]
  readonly clock: Clock
  readonly logger: Logger
  readonly meter: Meter
}

const queuedPollMs = 1_000
// How late a recurring job may begin of which another process has failed.
const recurringPollMs = 15_000
// After a tick, so that clocks that differ a little agree that it has come, and replicas do not look together.
const afterTickMs = { least: 100, most: 500 }

const isRecurring = (job: JobSpec): job is RecurringJobSpec => !('payload' in job)

/** Works every queue of the stack in this process. */
export class JobRunner {
  readonly #options: JobRunnerOptions
  readonly #workers: ReadonlyMap<string, JobWorker>

  /** @throws Error when a job is bound twice. */
  constructor(options: JobRunnerOptions) {
    this.#options = options
    const workers = new Map<string, JobWorker>()
    for (const handler of options.jobs) {
      const { name } = handler.job
      if (workers.has(name))
        throw new Error(`The job "${name}" is bound twice. Remove one of the two handlers.`)
      workers.set(name, this.#workerOf(handler))
    }
    this.#workers = workers
  }

  /** Makes the queues known, and enqueues the next tick of every recurring job unless it waits already. */
  async open(): Promise<void> {
    const { queue, jobs, clock } = this.#options
    await queue.open(jobs.map(({ job }) => policyOf(job)))
    const recurring = jobs.map(({ job }) => job).filter(isRecurring)
    await queue.enqueue(...recurring.map((job) => tickJob(job, tickAfter(job, clock.now()))))
  }

  start(): void {
    for (const worker of this.#workers.values()) worker.start()
  }

  /** Looks for jobs of these names now. */
  wake(names: Iterable<string>): void {
    for (const name of names) this.#workers.get(name)?.wake()
  }

  /** Resolves when the jobs under way have ended, or after `limitMs`; those that have not are done again elsewhere. */
  async stop(limitMs: number): Promise<void> {
    await Promise.all([...this.#workers.values()].map((worker) => worker.stop(limitMs)))
  }

  /** Does what is due and returns how many jobs that were. */
  async runDue(): Promise<number> {
    const counts = await Promise.all([...this.#workers.values()].map((worker) => worker.runDue()))
    return counts.reduce((sum, count) => sum + count, 0)
  }

  #workerOf({ job, run }: JobHandler): JobWorker {
    const { queue, clock, logger, meter } = this.#options
    const common = { queue, policy: policyOf(job), logger, runs: meter.counter(CoreMetrics.jobRuns) }
    if (!isRecurring(job)) {
      return new JobWorker({
        ...common,
        run,
        concurrency: job.concurrency ?? 4,
        pollMs: () => queuedPollMs,
        retries: true,
      })
    }
    return new JobWorker({
      ...common,
      concurrency: 1,
      pollMs: () => Math.min(recurringPollMs, untilTick(job, clock.now())),
      // The next tick is the next try.
      retries: false,
      run: async (running) => {
        // First, so that the series goes on whatever becomes of this run.
        await queue.enqueue(followingTick(job, running.payload, clock.now()))
        await run(running)
      },
    })
  }
}

function untilTick(job: RecurringJobSpec, now: Date): number {
  const { least, most } = afterTickMs
  return tickAfter(job, now).getTime() - now.getTime() + least + Math.random() * (most - least)
}

function policyOf(job: JobSpec): QueuePolicy {
  const {
    attempts = 8,
    retry = '2s',
    longestRetry = '30m',
    lease = '30s',
  } = isRecurring(job) ? recurringPolicy : job
  return {
    name: job.name,
    attempts,
    retryMs: milliseconds(retry),
    longestRetryMs: milliseconds(longestRetry),
    leaseMs: milliseconds(lease),
  }
}

/** For runs whose process died: a run that kills every process ends there, and the next tick begins anew. */
const recurringPolicy = { attempts: 3, retry: '5s', longestRetry: '1m', lease: '30s' } as const
