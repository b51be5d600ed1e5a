import type { RecoveryCodeRepository } from '@corbel/auth/ports'
import type { Clock } from '@corbel/core/ports'
import { sql } from 'kysely'
import { insertEvents } from '../platform/event-recorder.ts'
import type { TenantDb } from '../scoped-db.ts'

export const kyselyRecoveryCodeRepository = (db: TenantDb, clock: Clock): RecoveryCodeRepository => ({
  async replace(userId, digests, events) {
    // Codes have places: of two callers at once, the later one writes over every code of the earlier one, seen or not.
    await sql`
      with removed as (
        delete from corbel_recovery_codes where user_id = ${userId} and place > ${digests.length}
      ), recorded as (${insertEvents(clock, events)})
      insert into corbel_recovery_codes (user_id, place, digest)
      select ${userId}, c.place, c.digest from unnest(${[...digests]}::text[]) with ordinality as c (digest, place)
      order by c.place
      on conflict (user_id, place) do update set digest = excluded.digest`.execute(
      db.forOwner(events, 'events.record'),
    )
  },

  async count(userId) {
    const { count } = await db.shared
      .selectFrom('corbel_recovery_codes')
      .select((expression) => expression.fn.countAll<string>().as('count'))
      .where('user_id', '=', userId)
      .executeTakeFirstOrThrow()
    return Number(count)
  },

  async redeem(userId, digests, events) {
    const { rows } = await sql`
      with redeemed as (
        delete from corbel_recovery_codes where user_id = ${userId} and digest = any(${digests}::text[]) returning digest
      ), recorded as (${insertEvents(clock, events, sql`exists (select from redeemed)`)})
      select digest from redeemed`.execute(db.forOwner(events, 'events.record'))
    return rows.length > 0
  },
})
