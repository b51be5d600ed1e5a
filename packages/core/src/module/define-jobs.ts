import type { Duration } from '../kernel/duration.ts'

/** Work that runs by itself. It may run on several replicas at once, so it must be idempotent. */
export interface JobSpec {
  /** `<module>.<noun>.<verb>`. */
  readonly name: `${string}.${string}.${string}`
  readonly summary: string
  /** How often it runs, counted from the end of the run before. */
  readonly every: Duration
}

export type JobCatalog = Readonly<Record<string, JobSpec>>

export const defineJobs = <const C extends JobCatalog>(catalog: C): C => catalog

/** Binds a job of a catalogue to what it does. */
export interface JobHandler {
  readonly job: JobSpec
  run(): Promise<void>
}
