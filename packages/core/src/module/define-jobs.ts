import type * as z from 'zod'
import type { Duration } from '../kernel/duration.ts'
import type { Id } from '../kernel/id.ts'
import type { ClaimedJob, Job } from '../ports/job-store.ts'
import { parseCron } from './cron.ts'

interface NamedJob {
  /** `<module>.<noun>.<verb>`. */
  readonly name: `${string}.${string}.${string}`
  readonly summary: string
}

/** Runs by itself, at every whole multiple of an interval since the epoch. Of all replicas one runs it. */
export interface IntervalJobSpec extends NamedJob {
  readonly every: Duration
}

/** Runs by itself at the times of a cron expression. Of all replicas one runs it. */
export interface CronJobSpec extends NamedJob {
  /** Minute, hour, day of the month, month and day of the week (0 or 7 is Sunday), in UTC. */
  readonly cron: string
}

/** Runs when it was enqueued in a transaction. */
export interface QueuedJobSpec<S extends z.ZodObject = z.ZodObject> extends NamedJob {
  /** Plain JSON, without secrets: it is stored in the clear. */
  readonly payload: S
  /** Attempts until it is a dead letter. @default 8 */
  readonly attempts?: number
  /** Least wait after the first failure, doubled after each further one. Whole seconds. @default '2s' */
  readonly retry?: Duration
  /** Longest wait after a failure. Whole seconds. @default '30m' */
  readonly longestRetry?: Duration
  /** After how long a job of a worker that died is another's. Whole seconds. @default '30s' */
  readonly lease?: Duration
  /** How many of them one process works on at once. @default 4 */
  readonly concurrency?: number
}

/** Work in the background. It is done at least once, so it must be idempotent. */
export type JobSpec = IntervalJobSpec | CronJobSpec | QueuedJobSpec

/** A job of a catalogue. A queued one makes the jobs to enqueue. */
export type JobDefinition<Spec extends JobSpec = JobSpec> = Spec extends QueuedJobSpec
  ? Spec & {
      of(
        tenantId: Id<'ten'> | null,
        payload: z.input<Spec['payload']>,
        options?: Pick<Job, 'runAt' | 'singletonKey'>,
      ): Job<z.output<Spec['payload']>>
    }
  : Spec

export type JobCatalog = Readonly<Record<string, JobDefinition>>

/**
 * Declares the jobs of a module.
 *
 * @throws Error when a cron expression is none.
 */
export function defineJobs<const Specs extends Readonly<Record<string, JobSpec>>>(
  specs: Specs,
): { readonly [K in keyof Specs]: JobDefinition<Specs[K]> } {
  const entries = Object.entries(specs).map(([key, spec]) => {
    if ('cron' in spec) parseCron(spec.cron)
    if (!('payload' in spec)) return [key, spec]
    const of = (
      tenantId: Id<'ten'> | null,
      payload: unknown,
      options: Pick<Job, 'runAt' | 'singletonKey'> = {},
    ) => ({
      name: spec.name,
      tenantId,
      payload: spec.payload.parse(payload),
      ...options,
    })
    return [key, { ...spec, of }]
  })
  return Object.fromEntries(entries) as { readonly [K in keyof Specs]: JobDefinition<Specs[K]> }
}

/** A job under way. */
export interface RunningJob<Payload = unknown> extends Omit<ClaimedJob, 'payload'> {
  readonly payload: Payload
  /** Aborted when the claim is lost, or when the process stops and its time is up: the job will be done again. */
  readonly signal: AbortSignal
}

/** Binds a job of a catalogue to what it does. Called at least once; must be idempotent by `job.id`. */
export interface JobHandler {
  readonly job: JobSpec
  run(job: RunningJob): Promise<void>
}

/** Binds a queued job of a catalogue, with the payload typed and checked. */
export const work = <Spec extends QueuedJobSpec>(
  job: Spec,
  run: (job: RunningJob<z.output<Spec['payload']>>) => Promise<void>,
): JobHandler => ({
  job,
  run: (running) =>
    run({ ...running, payload: job.payload.parse(running.payload) as z.output<Spec['payload']> }),
})
