import { AuthErrors, type EmailChange, type EmailChangeRepository } from '@corbel/auth/ports'
import type { Clock } from '@corbel/core/ports'
import { type Selectable, sql } from 'kysely'
import { insertEvents } from '../platform/event-recorder.ts'
import type { TenantDb } from '../scoped-db.ts'
import { onUniqueViolation } from '../violations.ts'
import type { AuthTables } from './tables.ts'

export const kyselyEmailChangeRepository = (db: TenantDb, clock: Clock): EmailChangeRepository => ({
  async replace({ id, userId, email, previousEmail, digest, expiresAt }) {
    const row = {
      id,
      email,
      previous_email: previousEmail,
      digest,
      expires_at: expiresAt,
      redeemed_at: null,
    }
    await db.shared
      .insertInto('corbel_email_changes')
      .values({ user_id: userId, ...row })
      .onConflict((conflict) => conflict.column('user_id').doUpdateSet(row))
      .execute()
  },

  async find(id) {
    const row = await db.shared
      .selectFrom('corbel_email_changes')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst()
    return row ? toChange(row) : null
  },

  async redeem(digest, now, event) {
    // What a token stands for never changes, so the event can be made before the statement that decides.
    const row = await db.shared
      .selectFrom('corbel_email_changes')
      .selectAll()
      .where('digest', '=', digest)
      .executeTakeFirst()
    if (!row) return null
    const change = toChange(row)
    const events = [event(change)]
    const redeemed = sql`
      with redeemed as (
        update corbel_email_changes c set redeemed_at = ${now}::timestamptz
        from corbel_users u
        where c.digest = ${digest} and c.redeemed_at is null and c.expires_at > ${now}::timestamptz
          and u.id = c.user_id and u.email = c.previous_email and u.disabled_at is null
        returning c.user_id, c.email, c.previous_email
      ), changed as (
        update corbel_users u set email = r.email, email_verified = true, registrant = null
        from redeemed r where u.id = r.user_id and u.email = r.previous_email and u.disabled_at is null
        returning u.id
      ), recorded as (${insertEvents(clock, events, sql`exists (select from changed)`)})
      select id from changed`.execute(db.forOwner(events, 'events.record'))
    const { rows } = await onUniqueViolation('corbel_users_email_key', redeemed, AuthErrors.emailTaken)
    return rows.length > 0 ? change : null
  },

  async purge(time) {
    const { numDeletedRows } = await db.shared
      .deleteFrom('corbel_email_changes')
      .where('expires_at', '<', time)
      .executeTakeFirstOrThrow()
    return Number(numDeletedRows)
  },
})

const toChange = (row: Selectable<AuthTables['corbel_email_changes']>): EmailChange => ({
  id: row.id,
  userId: row.user_id,
  email: row.email,
  previousEmail: row.previous_email,
  digest: row.digest,
  expiresAt: row.expires_at,
})
