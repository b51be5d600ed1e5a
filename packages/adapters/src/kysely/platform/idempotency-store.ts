import { type Clock, type IdempotencyStore, newId } from '@corbel/core/ports'
import { sql } from 'kysely'
import { jsonb } from '../json.ts'
import type { TenantDb } from '../scoped-db.ts'

interface KeyRow {
  readonly started: boolean
  readonly fingerprint: string
  readonly status: number | null
  readonly headers: Readonly<Record<string, string>> | null
  readonly body: string | null
}

export const kyselyIdempotencyStore = ({ shared: db }: TenantDb, clock: Clock): IdempotencyStore => ({
  async begin({ scope, key, fingerprint, leaseMs, keepMs }) {
    const now = clock.now()
    const claim = newId('idk', clock)
    const leaseUntil = new Date(now.getTime() + leaseMs)
    // A request may not outlive its own record.
    const expiresAt = new Date(now.getTime() + Math.max(leaseMs, keepMs))
    const free = sql`(
      k.expires_at <= ${now}::timestamptz
      or (k.status is null and k.lease_until <= ${now}::timestamptz and k.fingerprint = excluded.fingerprint))`
    // The conflicting row is always written, with its own values unless it is free: only so does one statement return the
    // newest version of a row that its snapshot does not show.
    const keep = (column: string) =>
      sql`case when ${free} then excluded.${sql.ref(column)} else k.${sql.ref(column)} end`
    const { rows } = await sql<KeyRow>`
      insert into corbel_idempotency_keys as k (scope, key, fingerprint, claim, lease_until, expires_at)
      values (${scope}, ${key}, ${fingerprint}, ${claim}, ${leaseUntil}, ${expiresAt})
      on conflict (scope, key) do update set
        fingerprint = ${keep('fingerprint')},
        claim = ${keep('claim')},
        lease_until = ${keep('lease_until')},
        expires_at = ${keep('expires_at')},
        status = ${keep('status')},
        headers = ${keep('headers')},
        body = ${keep('body')}
      returning k.claim = ${claim} as started, k.fingerprint, k.status, k.headers, k.body`.execute(db)
    const [row] = rows
    if (!row || row.started) return { state: 'started' }
    if (row.fingerprint !== fingerprint) return { state: 'mismatch' }
    const { status, headers, body } = row
    if (status === null || headers === null || body === null) return { state: 'running' }
    return { state: 'done', response: { status, headers, body } }
  },

  async complete(scope, key, { status, headers, body }) {
    await db
      .updateTable('corbel_idempotency_keys')
      .set({ status, headers: jsonb(headers), body })
      .where('scope', '=', scope)
      .where('key', '=', key)
      .where('status', 'is', null)
      .execute()
  },

  async release(scope, key) {
    await db
      .deleteFrom('corbel_idempotency_keys')
      .where('scope', '=', scope)
      .where('key', '=', key)
      .where('status', 'is', null)
      .execute()
  },

  async purge() {
    const { numDeletedRows } = await db
      .deleteFrom('corbel_idempotency_keys')
      .where('expires_at', '<=', clock.now())
      .executeTakeFirstOrThrow()
    return Number(numDeletedRows)
  },
})
