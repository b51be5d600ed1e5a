import { milliseconds } from '../kernel/duration.ts'
import type { Job } from '../ports/job-store.ts'
import { nextCron } from './cron.ts'
import type { CronJobSpec, IntervalJobSpec } from './define-jobs.ts'

export type RecurringJobSpec = IntervalJobSpec | CronJobSpec

/** The first tick after `time`. */
export function tickAfter(spec: RecurringJobSpec, time: Date): Date {
  if ('cron' in spec) return nextCron(spec.cron, time)
  const everyMs = milliseconds(spec.every)
  return new Date((Math.floor(time.getTime() / everyMs) + 1) * everyMs)
}

/** The job of one tick. As long as it waits, whoever enqueues a tick of the same job changes nothing: replicas need no leader. */
export const tickJob = (spec: RecurringJobSpec, tick: Date): Job => ({
  name: spec.name,
  tenantId: null,
  payload: { tick: tick.toISOString() },
  runAt: tick,
  singletonKey: 'tick',
})

/** What the run of `payload` enqueues next. On a clock that is behind, a tick is not followed by itself. */
export function followingTick(spec: RecurringJobSpec, payload: unknown, now: Date): Job {
  const { tick } = payload as { readonly tick: string }
  const last = new Date(tick)
  return tickJob(spec, tickAfter(spec, last > now ? last : now))
}
