import type { EmailVerificationRepository, UserId } from '@corbel/auth/ports'
import type { Clock } from '@corbel/core/ports'
import { sql } from 'kysely'
import { insertEvents } from '../platform/event-recorder.ts'
import type { TenantDb } from '../scoped-db.ts'

export const kyselyEmailVerificationRepository = (
  db: TenantDb,
  clock: Clock,
): EmailVerificationRepository => ({
  async replace({ id, userId, email, digest, expiresAt }) {
    await db.shared
      .insertInto('corbel_email_verifications')
      .values({ id, user_id: userId, email, digest, expires_at: expiresAt, redeemed_at: null })
      .onConflict((conflict) =>
        conflict
          .column('user_id')
          .doUpdateSet({ id, email, digest, expires_at: expiresAt, redeemed_at: null })
          .where('corbel_email_verifications.id', '<', id),
      )
      .execute()
  },

  async find(digest, now) {
    const row = await db.shared
      .selectFrom('corbel_email_verifications as v')
      .innerJoin('corbel_users as u', (join) =>
        join.onRef('u.id', '=', 'v.user_id').onRef('u.email', '=', 'v.email'),
      )
      .select('v.user_id')
      .where('v.digest', '=', digest)
      .where('v.redeemed_at', 'is', null)
      .where('v.expires_at', '>', now)
      .executeTakeFirst()
    return row?.user_id ?? null
  },

  async redeem(digest, now, event) {
    // Whose token it is never changes, so the event can be made before the statement that decides.
    const owner = await db.shared
      .selectFrom('corbel_email_verifications')
      .select('user_id')
      .where('digest', '=', digest)
      .executeTakeFirst()
    if (!owner) return null
    const events = [event(owner.user_id)]
    // The address is compared in the update: only there is it the newest one when somebody is changing it.
    const { rows } = await sql<{ readonly user_id: UserId }>`
      with redeemed as (
        update corbel_email_verifications v set redeemed_at = ${now}::timestamptz
        from corbel_users u
        where v.digest = ${digest} and v.redeemed_at is null and v.expires_at > ${now}::timestamptz
          and u.id = v.user_id and u.email = v.email
        returning v.user_id, v.email
      ), verified as (
        update corbel_users u set email_verified = true
        from redeemed r where u.id = r.user_id and u.email = r.email
        returning u.id
      ), recorded as (${insertEvents(clock, events, sql`exists (select from verified)`)})
      select id as user_id from verified`.execute(db.forOwner(events, 'events.record'))
    return rows[0]?.user_id ?? null
  },

  async purge(time) {
    const { numDeletedRows } = await db.shared
      .deleteFrom('corbel_email_verifications')
      .where('expires_at', '<', time)
      .executeTakeFirstOrThrow()
    return Number(numDeletedRows)
  },
})
