import type { AttemptClient, AttemptQuery, AttemptRepository, AttemptState } from '@corbel/auth/ports'
import type { Clock } from '@corbel/core/ports'
import { type RawBuilder, sql } from 'kysely'
import { jsonb } from '../json.ts'
import { insertEvents } from '../platform/event-recorder.ts'
import type { TenantDb } from '../scoped-db.ts'

export interface AttemptColumns {
  readonly is_known_client: boolean
  readonly failures: number
  /** Milliseconds since the epoch at which the lock of a key ends. */
  readonly locks: Readonly<Record<string, number>> | null
}

/** The columns of {@link AttemptColumns}, beside a user `u` that may be a row of nulls. */
export const attemptColumns = ({
  account,
  device,
  network,
  client: { userAgent, ipPrefix },
  now,
}: AttemptQuery): RawBuilder<unknown> => sql`
  exists (select from corbel_sessions s where s.user_id = u.id
    and s.user_agent = ${userAgent} and s.ip_prefix = ${ipPrefix} and s.impersonator_id is null) as is_known_client,
  coalesce(u.failed_attempts, 0) as failures,
  (select jsonb_object_agg(a.key, extract(epoch from a.locked_until) * 1000) from corbel_attempts a
    where a.key in (${account}, ${device}, ${network}) and a.locked_until > ${now}::timestamptz) as locks`

export const toAttemptState = ({ is_known_client, failures, locks }: AttemptColumns): AttemptState => ({
  isKnownClient: is_known_client,
  failures,
  locks: Object.fromEntries(Object.entries(locks ?? {}).map(([key, time]) => [key, new Date(time)])),
})

export const kyselyAttemptRepository = (db: TenantDb, clock: Clock): AttemptRepository => ({
  async find(userId, query) {
    const { rows } = await sql<AttemptColumns>`
      select ${attemptColumns(query)}
      from (values (true)) as always (here) left join corbel_users u on u.id = ${userId}`.execute(
      db.platform('attempts.find'),
    )
    return toAttemptState(rows[0] ?? { is_known_client: false, failures: 0, locks: null })
  },

  async listKnownClients(userId) {
    const { rows } = await sql<AttemptClient>`
      select distinct user_agent as "userAgent", ip_prefix as "ipPrefix" from corbel_sessions
      where user_id = ${userId} and user_agent is not null and ip_prefix is not null and impersonator_id is null`.execute(
      db.platform('attempts.listKnownClients'),
    )
    return rows
  },

  async recordFailure({ counters, userId, most, now, events, lockedEvents, exhaustedEvents }) {
    const ofOwn = sql`exists (select from counted c where c.key = ${counters[0]?.key ?? null} and c.locks)
      and exists (select from corbel_users where id = ${userId})`
    const isLast = sql`exists (select from failed f where f.failed_attempts = ${most})`
    const all = [...events, ...lockedEvents, ...exhaustedEvents]
    // Keys in one order, then the user: two failures that count the same cannot deadlock.
    await sql`
      with counters as materialized (
        select * from jsonb_to_recordset(${jsonb(counters)})
          as c (key text, "limit" int, since timestamptz, "lockUntil" timestamptz, "expiresAt" timestamptz)
      ), counted as (
        insert into corbel_attempts as a (key, failed_at, locked_until, expires_at)
        select c.key, case when c."limit" = 1 then '{}' else array[${now}::timestamptz] end,
          case when c."limit" = 1 then c."lockUntil" end, c."expiresAt"
        from counters c order by c.key
        on conflict (key) do update set (failed_at, locked_until, expires_at) = (
          select case when r.locks then '{}' else r.failed_at end, case when r.locks then c."lockUntil" end, c."expiresAt"
          from counters c
          cross join lateral (
            select array_agg(f.at order by f.at) as failed_at, count(*) >= c."limit" as locks
            from (select unnest(a.failed_at || ${now}::timestamptz) as at) f where f.at > c.since
          ) r
          where c.key = a.key
        )
        where a.locked_until is null or a.locked_until <= ${now}::timestamptz
        returning a.key, a.locked_until is not null as locks
      ), failed as (
        update corbel_users set failed_attempts = failed_attempts + 1
        where id = ${userId} and failed_attempts < ${most} and (select count(*) from counted) >= 0
        returning failed_attempts
      ), recorded as (${insertEvents(clock, events)}
      ), locked as (${insertEvents(clock, lockedEvents, ofOwn)}
      ), exhausted as (${insertEvents(clock, exhaustedEvents, isLast)}
      )
      select from counted`.execute(db.forOwner(all, 'events.record'))
  },

  async clear(userId, keys) {
    await sql`
      with forgotten as (
        delete from corbel_attempts where key = any(${keys}::text[]) returning key
      )
      update corbel_users set failed_attempts = 0
      where id = ${userId} and failed_attempts > 0 and (select count(*) from forgotten) >= 0`.execute(
      db.shared,
    )
  },

  async purge(time) {
    const { numDeletedRows } = await db.shared
      .deleteFrom('corbel_attempts')
      .where('expires_at', '<', time)
      .executeTakeFirstOrThrow()
    return Number(numDeletedRows)
  },
})
