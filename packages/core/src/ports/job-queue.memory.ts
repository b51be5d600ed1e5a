import { type Clock, systemClock } from '../kernel/clock.ts'
import { addMilliseconds } from '../kernel/duration.ts'
import { type Id, newId } from '../kernel/id.ts'
import { type ClaimedJob, type JobRecorder, type JobStore, leaseExpired, retryDelayMs } from './job-store.ts'

/** A row of the jobs. Rows are replaced, never changed, so that a copy of the map is a snapshot. */
export interface JobRow {
  readonly id: Id<'job'>
  readonly name: string
  readonly tenantId: Id<'ten'> | null
  readonly payload: unknown
  readonly singletonKey: string | null
  readonly attempts: number
  /** When an attempt may next begin. */
  readonly dueAt: Date
  readonly receipt: string | null
  readonly error: string | null
  readonly diedAt: Date | null
}

/** The rows in the order in which they were committed. */
export interface JobTable {
  readonly jobs: Map<Id<'job'>, JobRow>
}

export interface MemoryJobsOptions {
  /** @default systemClock */
  readonly clock?: Clock
}

export const jobTable = (): JobTable => ({ jobs: new Map() })

const waits = ({ attempts, diedAt }: JobRow): boolean => attempts === 0 && diedAt === null

const isTaken = ({ jobs }: JobTable, { name, tenantId, singletonKey }: JobRow): boolean =>
  singletonKey !== null &&
  [...jobs.values()].some(
    (row) =>
      waits(row) && row.name === name && row.tenantId === tenantId && row.singletonKey === singletonKey,
  )

function insert(table: JobTable, row: JobRow): void {
  if (!isTaken(table, row)) table.jobs.set(row.id, row)
}

/**
 * Records into `table`. A transaction hands in a fresh table and, on commit, adds its rows to the one that the workers read
 * with {@link mergeJobs}; a rollback just drops it.
 */
export const memoryJobRecorder = (
  { clock = systemClock }: MemoryJobsOptions,
  table: JobTable,
): JobRecorder => ({
  enqueue: async (...jobs) => {
    const now = clock.now()
    for (const { name, tenantId, payload, runAt = now, singletonKey = null } of jobs) {
      insert(table, {
        id: newId('job', clock),
        name,
        tenantId,
        // What a database would keep: the JSON of this moment.
        payload: JSON.parse(JSON.stringify(payload)),
        singletonKey,
        attempts: 0,
        dueAt: runAt,
        receipt: null,
        error: null,
        diedAt: null,
      })
    }
  },
})

export function mergeJobs(from: JobTable, into: JobTable): void {
  for (const row of from.jobs.values()) insert(into, row)
}

export function memoryJobs(
  { clock = systemClock }: MemoryJobsOptions = {},
  table: JobTable = jobTable(),
): JobStore {
  const { jobs } = table

  const replace = (row: JobRow, change: Partial<JobRow>): void => void jobs.set(row.id, { ...row, ...change })

  function held({ id, receipt }: ClaimedJob): JobRow | null {
    const row = jobs.get(id)
    return row !== undefined && row.receipt === receipt ? row : null
  }

  const deadOf = (name: string): readonly JobRow[] =>
    [...jobs.values()]
      .filter((row) => row.name === name && row.diedAt !== null)
      .toSorted((a, b) => Number(a.diedAt) - Number(b.diedAt))

  return {
    ...memoryJobRecorder({ clock }, table),
    claim: async ({ name, attempts, leaseMs }, limit) => {
      const now = clock.now()
      const due = [...jobs.values()]
        .filter((row) => row.name === name && row.diedAt === null && row.dueAt <= now)
        .toSorted((a, b) => a.dueAt.getTime() - b.dueAt.getTime())
        .slice(0, limit)
      const claimed: ClaimedJob[] = []
      for (const row of due) {
        if (row.attempts >= attempts) {
          replace(row, { diedAt: now, receipt: null, error: leaseExpired })
          continue
        }
        const { id, tenantId, payload } = row
        const attempt = row.attempts + 1
        const receipt = newId('clm', clock)
        replace(row, { attempts: attempt, dueAt: addMilliseconds(now, leaseMs), receipt })
        claimed.push({ id, name, tenantId, payload, attempt, receipt })
      }
      return claimed
    },
    renew: async ({ leaseMs }, job) => {
      const row = held(job)
      if (row !== null) replace(row, { dueAt: addMilliseconds(clock.now(), leaseMs) })
      return row !== null
    },
    complete: async (job) => held(job) !== null && jobs.delete(job.id),
    fail: async (queue, job, error) => {
      const row = held(job)
      if (row === null) return 'lost'
      const now = clock.now()
      const isLast = row.attempts >= queue.attempts
      const dueAt = addMilliseconds(now, retryDelayMs(queue, row.attempts))
      replace(row, { receipt: null, error, ...(isLast ? { diedAt: now } : { dueAt }) })
      return isLast ? 'dead' : 'retry'
    },
    dead: async (name, limit) =>
      deadOf(name)
        .slice(0, limit)
        .map(({ id, tenantId, payload, error, diedAt }) => ({
          id,
          name,
          tenantId,
          payload,
          error: error ?? '',
          diedAt: diedAt ?? clock.now(),
        })),
    redrive: async (name, limit) => {
      let count = 0
      for (const row of deadOf(name)) {
        if (count === limit) break
        if (isTaken(table, row)) continue
        replace(row, { attempts: 0, dueAt: clock.now(), diedAt: null, error: null })
        count += 1
      }
      return count
    },
  }
}
