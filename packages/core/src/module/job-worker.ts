import type { Logger } from '../ports/logger.ts'
import type { Counter } from '../ports/meter.ts'
import type { JobQueue } from '../ports/job-queue.ts'
import type { ClaimedJob, QueuePolicy } from '../ports/job-store.ts'
import type { RunningJob } from './define-jobs.ts'
import { Loop } from './loop.ts'
import { later } from './timer.ts'

export interface JobWorkerOptions {
  readonly queue: JobQueue
  readonly policy: QueuePolicy
  /** Jobs at once. */
  readonly concurrency: number
  /** After how many milliseconds it looks again when nobody wakes it. */
  readonly pollMs: () => number
  /** Whether a failed job is tried again; else it is over. One whose worker died is tried again in any case. */
  readonly retries: boolean
  readonly run: (job: RunningJob) => Promise<void>
  readonly logger: Logger
  readonly runs: Counter
}

/** Works one queue in this process: any number of workers side by side, in any number of processes. */
export class JobWorker {
  readonly #options: JobWorkerOptions
  readonly #loop: Loop
  readonly #underWay = new Map<Promise<void>, AbortController>()

  constructor(options: JobWorkerOptions) {
    this.#options = options
    this.#loop = new Loop(() => this.#turn())
  }

  start(): void {
    // Replicas that started together do not look together.
    this.#loop.start(Math.random() * Math.min(1_000, this.#options.pollMs()))
  }

  /** Looks for jobs now instead of at the next poll. */
  wake(): void {
    this.#loop.wake()
  }

  /**
   * Claims no more, and resolves when the jobs under way have ended. Those that have not after `limitMs` are told by their signal and
   * left to another worker, which gets them when their lease runs out.
   */
  async stop(limitMs: number): Promise<void> {
    await this.#loop.stop()
    let cancel = () => {}
    const limit = new Promise<void>((resolve) => {
      cancel = later(limitMs, resolve)
    })
    await Promise.race([Promise.all(this.#underWay.keys()), limit])
    cancel()
    for (const controller of this.#underWay.values()) controller.abort(new Error('The process stops.'))
  }

  /** Does what is due and returns how many jobs that were. */
  async runDue(): Promise<number> {
    const jobs = await this.#claim()
    await Promise.all(this.#underWay.keys())
    return jobs
  }

  async #turn(): Promise<number> {
    const { pollMs, policy, logger } = this.#options
    try {
      await this.#claim()
    } catch (error) {
      logger.error('The jobs of a queue could not be read.', { job: policy.name, error })
    }
    return pollMs()
  }

  /** Takes as many jobs as there are hands free; each one that ends wakes the loop. */
  async #claim(): Promise<number> {
    const { queue, policy, concurrency } = this.#options
    const free = concurrency - this.#underWay.size
    if (free < 1) return 0
    const jobs = await queue.claim(policy, free)
    for (const job of jobs) {
      const controller = new AbortController()
      const done = this.#work(job, controller).finally(() => {
        this.#underWay.delete(done)
        this.#loop.wake()
      })
      this.#underWay.set(done, controller)
    }
    return jobs.length
  }

  async #work(job: ClaimedJob, controller: AbortController): Promise<void> {
    const { run, logger } = this.#options
    const endRenewal = this.#renew(job, controller)
    try {
      const failure = await run({ ...job, signal: controller.signal }).then(
        () => null,
        (error: unknown) => ({ error }),
      )
      endRenewal()
      await (failure === null ? this.#complete(job, 'done') : this.#failed(job, failure.error))
    } catch (error) {
      logger.error('How a job ended could not be recorded, so it will be done again.', {
        ...nameOf(job),
        error,
      })
    }
  }

  /** Keeps the claim while the job is under way. Returns what ends that. */
  #renew(job: ClaimedJob, controller: AbortController): () => void {
    const { queue, policy, logger } = this.#options
    let ended = false
    let cancel = () => {}
    const renew = async () => {
      try {
        if (!(await queue.renew(policy, job)) && !ended) controller.abort(new Error('The claim was lost.'))
      } catch (error) {
        logger.warn('The lease of a job could not be renewed.', { ...nameOf(job), error })
      }
      if (!ended && !controller.signal.aborted) next()
    }
    // A third, so that one failure and one delay do not lose the claim.
    const next = () => {
      cancel = later(policy.leaseMs / 3, () => void renew())
    }
    next()
    return () => {
      ended = true
      cancel()
    }
  }

  async #complete(job: ClaimedJob, outcome: 'done' | 'failed'): Promise<void> {
    const { queue, logger, runs } = this.#options
    const isHeld = await queue.complete(job)
    runs.add({ job: job.name, outcome })
    if (!isHeld) logger.warn('A job ended after its claim was lost, so it is done twice.', nameOf(job))
  }

  async #failed(job: ClaimedJob, error: unknown): Promise<void> {
    const { queue, policy, retries, logger, runs } = this.#options
    const fields = { ...nameOf(job), attempt: job.attempt, error }
    if (!retries) {
      logger.error('A job failed.', fields)
      return this.#complete(job, 'failed')
    }
    const outcome = await queue.fail(policy, job, error instanceof Error ? error.name : 'unknown')
    runs.add({ job: job.name, outcome: outcome === 'dead' ? 'dead' : 'failed' })
    if (outcome === 'dead') logger.error('A job was given up.', fields)
    else logger.warn('A job failed and will be tried again.', fields)
  }
}

const nameOf = ({ id, name }: ClaimedJob) => ({ jobId: id, job: name })
