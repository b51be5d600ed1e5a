import { milliseconds } from '../kernel/duration.ts'
import type { Logger } from '../ports/logger.ts'
import type { Meter } from '../ports/meter.ts'
import { CoreMetrics } from './core-metrics.ts'
import type { JobHandler } from './define-jobs.ts'
import { Loop } from './loop.ts'

export interface JobRunnerOptions {
  readonly jobs: readonly JobHandler[]
  readonly logger: Logger
  readonly meter: Meter
}

/** Runs the recurring jobs of the stack in this process. */
export class JobRunner {
  readonly #loops: readonly { readonly loop: Loop; readonly everyMs: number }[]

  constructor({ jobs, logger, meter }: JobRunnerOptions) {
    const runs = meter.counter(CoreMetrics.jobRuns)
    this.#loops = jobs.map(({ job, run }) => {
      const everyMs = milliseconds(job.every)
      const loop = new Loop(async () => {
        try {
          await run()
          runs.add({ job: job.name, outcome: 'done' })
        } catch (error) {
          runs.add({ job: job.name, outcome: 'failed' })
          logger.error('A job failed.', { job: job.name, error })
        }
        return everyMs
      })
      return { loop, everyMs }
    })
  }

  start(): void {
    // A random first delay spreads the jobs of replicas that started together.
    for (const { loop, everyMs } of this.#loops) loop.start(Math.random() * everyMs)
  }

  /** Resolves when the jobs under way have ended. */
  async stop(): Promise<void> {
    await Promise.all(this.#loops.map(({ loop }) => loop.stop()))
  }
}
