import {
  type ClaimedJob,
  type Clock,
  type Id,
  type JobRecorder,
  type JobStore,
  leaseExpired,
  newId,
  retryDelayMs,
} from '@corbel/core/ports'
import { sql } from 'kysely'
import { jsonb } from '../json.ts'
import type { TenantDb } from '../scoped-db.ts'
import { isUniqueViolation } from '../violations.ts'

interface JobRow {
  readonly id: Id<'job'>
  readonly name: string
  readonly tenant_id: Id<'ten'> | null
  readonly payload: unknown
}

interface ClaimedRow extends JobRow {
  readonly attempts: number
}

interface DeadRow extends JobRow {
  readonly last_error: string
  readonly died_at: Date
}

export const kyselyJobRecorder = (db: TenantDb, clock: Clock): JobRecorder => ({
  async enqueue(...jobs) {
    if (jobs.length === 0) return
    const now = clock.now()
    const rows = jobs.map(({ name, tenantId, payload, runAt = now, singletonKey = null }) => ({
      id: newId('job', clock),
      name,
      tenantId,
      payload,
      singletonKey,
      dueAt: runAt,
    }))
    await sql`
      insert into corbel_jobs (id, name, tenant_id, payload, singleton_key, due_at)
      select j.row ->> 'id', j.row ->> 'name', j.row ->> 'tenantId', j.row -> 'payload', j.row ->> 'singletonKey',
        (j.row ->> 'dueAt')::timestamptz
      from jsonb_array_elements(${jsonb(rows)}) with ordinality as j (row, position)
      order by j.position
      on conflict (tenant_id, name, singleton_key) where singleton_key is not null and attempts = 0 and died_at is null
      do nothing`.execute(db.forOwner(jobs, 'jobs.enqueue'))
  },
})

export const kyselyJobStore = (db: TenantDb, clock: Clock): JobStore => ({
  ...kyselyJobRecorder(db, clock),

  async claim({ name, attempts, leaseMs }, limit) {
    const now = clock.now()
    const receipt = newId('clm', clock)
    // Materialized: the planner may otherwise run a subquery with a limit more than once.
    const { rows } = await sql<ClaimedRow>`
      with due as materialized (
        select seq from corbel_jobs
        where name = ${name} and died_at is null and due_at <= ${now}::timestamptz
        order by due_at, seq limit ${limit}::integer
        for update skip locked
      ), spent as (
        update corbel_jobs j
        set died_at = ${now}::timestamptz, receipt = null, last_error = ${leaseExpired}
        from due where j.seq = due.seq and j.attempts >= ${attempts}::integer
      ), claimed as (
        update corbel_jobs j
        set attempts = j.attempts + 1, due_at = ${new Date(now.getTime() + leaseMs)}::timestamptz, receipt = ${receipt}
        from due where j.seq = due.seq and j.attempts < ${attempts}::integer
        returning j.seq, j.id, j.name, j.tenant_id, j.payload, j.attempts
      )
      select id, name, tenant_id, payload, attempts from claimed order by seq`.execute(
      db.platform('jobs.claim'),
    )
    return rows.map(({ attempts: attempt, ...row }) => ({ ...jobOf(row), attempt, receipt }))
  },

  async renew({ leaseMs }, job) {
    const dueAt = new Date(clock.now().getTime() + leaseMs)
    const { numUpdatedRows } = await held(db, job).set({ due_at: dueAt }).executeTakeFirstOrThrow()
    return numUpdatedRows > 0n
  },

  async complete({ id, receipt }) {
    const { numDeletedRows } = await db
      .platform('jobs.hold')
      .deleteFrom('corbel_jobs')
      .where('id', '=', id)
      .where('receipt', '=', receipt)
      .executeTakeFirstOrThrow()
    return numDeletedRows > 0n
  },

  async fail(queue, job, error) {
    const now = clock.now()
    const isLast = job.attempt >= queue.attempts
    const { numUpdatedRows } = await held(db, job)
      .set({
        receipt: null,
        // An error's text can hold anything; Postgres refuses NUL (SQLSTATE 22021).
        last_error: error.toWellFormed().replaceAll('\0', '\uFFFD'),
        ...(isLast
          ? { died_at: now }
          : { due_at: new Date(now.getTime() + retryDelayMs(queue, job.attempt)) }),
      })
      .executeTakeFirstOrThrow()
    if (numUpdatedRows === 0n) return 'lost'
    return isLast ? 'dead' : 'retry'
  },

  async dead(name, limit) {
    const { rows } = await sql<DeadRow>`
      select id, name, tenant_id, payload, last_error, died_at from corbel_jobs
      where name = ${name} and died_at is not null
      order by died_at, seq limit ${limit}::integer`.execute(db.platform('jobs.dead'))
    return rows.map(({ last_error: error, died_at: diedAt, ...row }) => ({ ...jobOf(row), error, diedAt }))
  },

  async redrive(name, limit) {
    for (;;) {
      try {
        return await redrive(db, name, limit, clock.now())
      } catch (error) {
        // Somebody enqueued a key just now; the next look sees it.
        if (!isUniqueViolation(error, 'corbel_jobs_singleton_key')) throw error
      }
    }
  },
})

async function redrive(db: TenantDb, name: string, limit: number, now: Date): Promise<number> {
  // Two dead letters with one key cannot both wait: the one that has been dead for longer goes first.
  const { numAffectedRows } = await sql`
    with free as materialized (
      select seq from (
        select distinct on (tenant_id, coalesce(singleton_key, id)) seq, died_at from corbel_jobs d
        where name = ${name} and died_at is not null and not exists (
          select from corbel_jobs w
          where w.name = d.name and w.tenant_id is not distinct from d.tenant_id
            and w.singleton_key = d.singleton_key and w.attempts = 0 and w.died_at is null
        )
        order by tenant_id, coalesce(singleton_key, id), died_at, seq
      ) as f
      order by died_at, seq limit ${limit}::integer
    )
    update corbel_jobs j
    set attempts = 0, died_at = null, last_error = null, due_at = ${now}::timestamptz
    from free where j.seq = free.seq and j.died_at is not null`.execute(db.platform('jobs.redrive'))
  return Number(numAffectedRows ?? 0n)
}

const held = (db: TenantDb, { id, receipt }: ClaimedJob) =>
  db.platform('jobs.hold').updateTable('corbel_jobs').where('id', '=', id).where('receipt', '=', receipt)

const jobOf = ({ id, name, tenant_id: tenantId, payload }: JobRow) => ({ id, name, tenantId, payload })
