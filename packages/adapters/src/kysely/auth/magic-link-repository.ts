import type { MagicLinkRepository } from '@corbel/auth/ports'
import type { Clock } from '@corbel/core/ports'
import { sql } from 'kysely'
import { insertEvents } from '../platform/event-recorder.ts'
import type { TenantDb } from '../scoped-db.ts'

export const kyselyMagicLinkRepository = (db: TenantDb, clock: Clock): MagicLinkRepository => ({
  async replace({ id, userId, email, digest, codeDigest, codeChallenge, expiresAt }) {
    const values = { id, email, digest, code_digest: codeDigest, code_challenge: codeChallenge }
    const row = { ...values, expires_at: expiresAt, redeemed_at: null }
    await db.shared
      .insertInto('corbel_magic_links')
      .values({ user_id: userId, ...row })
      .onConflict((conflict) =>
        conflict.column('user_id').doUpdateSet(row).where('corbel_magic_links.id', '<', id),
      )
      .execute()
  },

  async find(digest, now) {
    const row = await db.shared
      .selectFrom('corbel_magic_links')
      .select('user_id')
      .where('digest', '=', digest)
      .where('redeemed_at', 'is', null)
      .where('expires_at', '>', now)
      .executeTakeFirst()
    return row?.user_id ?? null
  },

  async redeem({ userId, digest, codeChallenge }, now, events) {
    const { rows } = await sql`
      with redeemed as (
        update corbel_magic_links l set redeemed_at = ${now}::timestamptz
        from corbel_users u
        where l.user_id = ${userId} and (l.digest = ${digest} or l.code_digest = ${digest})
          and (l.code_challenge is null or l.code_challenge = ${codeChallenge})
          and l.redeemed_at is null and l.expires_at > ${now}::timestamptz
          and u.id = l.user_id and u.email = l.email and u.email_verified
        returning l.user_id
      ), recorded as (${insertEvents(clock, events, sql`exists (select from redeemed)`)})
      select user_id from redeemed`.execute(db.forOwner(events, 'events.record'))
    return rows.length > 0
  },

  async purge(time) {
    const { numDeletedRows } = await db.shared
      .deleteFrom('corbel_magic_links')
      .where('expires_at', '<', time)
      .executeTakeFirstOrThrow()
    return Number(numDeletedRows)
  },
})
