import {
  type ClaimedJob,
  type Id,
  type Job,
  type JobQueue,
  leaseExpired,
  newId,
  type QueuePolicy,
  type SqlConnection,
  toBase64url,
} from '@corbel/core/ports'
import type { JobInsert, JobWithMetadata, PgBoss } from 'pg-boss'
import { reported } from '../driver-errors.ts'

export interface PgBossQueueOptions {
  /**
   * Started by you, and stopped after the stack. In the database of the storage, or its jobs cannot take part in transactions.
   *
   * Its supervisor is what notices that a lease ran out, within `monitorIntervalSeconds` (60 by default) of it.
   */
  readonly boss: PgBoss
  /** Told of failures of pg-boss's own background work, which it repeats. */
  readonly onError?: (error: Error) => void
}

interface Envelope {
  readonly id: Id<'job'>
  readonly tenantId: Id<'ten'> | null
  readonly payload: unknown
}

// pg-boss's longest: the end of a job whose worker renews its lease for ever.
const longestRunSeconds = 24 * 60 * 60
// pg-boss's shortest.
const shortestLeaseSeconds = 10
// Dead letters wait for a person, and scheduled jobs for their time: pg-boss's 14 days would delete them unseen.
const retentionSeconds = 10 * 365 * 24 * 60 * 60

const deadOf = (name: string): string => `${name}.dead`

/** Jobs in pg-boss 12, on Postgres or PGlite. Everything that pg-boss has to show jobs shows these too. */
export function pgBossQueue({ boss, onError = () => {} }: PgBossQueueOptions): JobQueue {
  // An 'error' event that nobody listens to ends the process.
  boss.on('error', onError)

  async function insert(jobs: readonly Job[], connection?: SqlConnection): Promise<void> {
    const db = connection && {
      executeSql: async (text: string, values: readonly unknown[] = []) => {
        const { rows } = await connection.query(text, values)
        return { rows: [...rows] }
      },
    }
    for (const [name, group] of Map.groupBy(jobs, ({ name }) => name)) {
      await boss.insert(name, group.map(toInsert), db && { db })
    }
  }

  async function openOne(queue: QueuePolicy): Promise<void> {
    const { name } = queue
    const options = { deadLetter: deadOf(name), ...optionsOf(queue) }
    await boss.createQueue(deadOf(name), { retentionSeconds, deleteAfterSeconds: 0 })
    // `short`: one job with a key waits for its first attempt, and any number of them is worked on.
    await boss.createQueue(name, { policy: 'short', ...options })
    await boss.updateQueue(name, options)
    // Into its cache: a look-up from inside a transaction would wait for the one connection of PGlite.
    for (const known of [name, deadOf(name)]) await boss.findJobs(known, { key: 'none' })
  }

  const deadJobs = async (name: string): Promise<readonly JobWithMetadata<Envelope>[]> => {
    const jobs = await boss.findJobs<Envelope>(deadOf(name))
    return jobs.filter(({ state }) => state !== 'completed' && state !== 'cancelled').toSorted(byAge)
  }

  return {
    adapter: { name: 'pg-boss' },

    open: (queues) =>
      reported(async () => {
        for (const queue of queues) await openOne(queue)
      }),

    enqueue: (...jobs) => reported(() => insert(jobs)),

    within({ connection }) {
      if (connection === undefined) {
        throw new Error(
          'pg-boss cannot enqueue in a transaction of this storage, for it has no SQL connection. Use kyselyStorage over the database of pg-boss.',
        )
      }
      return { enqueue: (...jobs) => insert(jobs, connection) }
    },

    claim: ({ name }, limit) =>
      reported(async () => {
        const jobs = await boss.fetch<Envelope>(name, { batchSize: limit, includeMetadata: true })
        // It takes the oldest, and hands them over in any order.
        return jobs.toSorted(byAge).map(({ id: receipt, data, retryCount }) => ({
          ...data,
          name,
          receipt,
          attempt: retryCount + 1,
        }))
      }),

    renew: (_, job) => reported(async () => hasEffect(await boss.touch(job.name, attemptOf(job)))),

    complete: (job) => reported(async () => hasEffect(await boss.complete(job.name, attemptOf(job)))),

    fail: (queue, job, error) =>
      reported(async () => {
        const text = error.toWellFormed().replaceAll('\0', '\uFFFD')
        if (!hasEffect(await boss.fail(job.name, attemptOf(job), { error: text }))) return 'lost'
        return job.attempt >= queue.attempts ? 'dead' : 'retry'
      }),

    dead: (name, limit) =>
      reported(async () =>
        (await deadJobs(name)).slice(0, limit).map(({ data, sourceOutput, createdOn: diedAt }) => {
          const { error = leaseExpired } = (sourceOutput ?? {}) as { readonly error?: string }
          return { ...data, name, error, diedAt }
        }),
      ),

    redrive: (name, limit) =>
      reported(async () => {
        // pg-boss fails a dead letter whose key was taken; it may be free by now.
        const refused = (await deadJobs(name)).filter(({ state }) => state === 'failed').map(({ id }) => id)
        if (refused.length > 0) await boss.retry(deadOf(name), refused)
        return boss.redrive(deadOf(name), { sourceName: name, limit })
      }),

    check: () => reported(async () => void (await boss.getDb().executeSql('select 1'))),
  }
}

const optionsOf = ({ attempts, retryMs, longestRetryMs, leaseMs }: QueuePolicy) => ({
  retryLimit: attempts - 1,
  retryBackoff: true,
  retryDelay: Math.ceil(retryMs / 1000),
  retryDelayMax: Math.ceil(longestRetryMs / 1000),
  heartbeatSeconds: Math.max(shortestLeaseSeconds, Math.ceil(leaseMs / 1000)),
  expireInSeconds: longestRunSeconds,
  retentionSeconds,
})

function toInsert({ tenantId, payload, runAt, singletonKey }: Job): JobInsert {
  const id = newId('job')
  const data: Envelope = { id, tenantId, payload }
  // pg-boss takes letters, digits, `_`, `-`, `.` and `/`; its keys know no tenants; and no key is a key too.
  const key =
    singletonKey === undefined
      ? `job.${id}`
      : `key.${toBase64url(new TextEncoder().encode(JSON.stringify([tenantId, singletonKey])))}`
  return { data, singletonKey: key, ...(runAt && { startAfter: runAt }) }
}

const attemptOf = ({ receipt, attempt }: ClaimedJob) => ({ id: receipt, retryCount: attempt - 1 })

const byAge = (a: { readonly createdOn: Date }, b: { readonly createdOn: Date }): number =>
  a.createdOn.getTime() - b.createdOn.getTime()

/** pg-boss does not declare what its commands answer. */
const hasEffect = (response: unknown): boolean => (response as { readonly affected: number }).affected > 0
