import type { PasswordResetRepository } from '@corbel/auth/ports'
import { sql } from 'kysely'
import type { TenantDb } from '../scoped-db.ts'

export const kyselyPasswordResetRepository = (db: TenantDb): PasswordResetRepository => ({
  async replace({ id, userId, email, digest, expiresAt }) {
    await db.shared
      .insertInto('corbel_password_resets')
      .values({ id, user_id: userId, email, digest, expires_at: expiresAt, redeemed_at: null })
      .onConflict((conflict) =>
        conflict
          .column('user_id')
          .doUpdateSet({ id, email, digest, expires_at: expiresAt, redeemed_at: null })
          .where('corbel_password_resets.id', '<', id),
      )
      .execute()
  },

  async find(digest, now) {
    const row = await db.shared
      .selectFrom('corbel_password_resets as r')
      .innerJoin('corbel_users as u', (join) =>
        join.onRef('u.id', '=', 'r.user_id').onRef('u.email', '=', 'r.email'),
      )
      .select('r.user_id')
      .where('r.digest', '=', digest)
      .where('r.redeemed_at', 'is', null)
      .where('r.expires_at', '>', now)
      .executeTakeFirst()
    return row?.user_id ?? null
  },

  async redeem(digest, now) {
    const row = await db.shared
      .updateTable('corbel_password_resets as r')
      .from('corbel_users as u')
      .set({ redeemed_at: now })
      .whereRef('u.id', '=', 'r.user_id')
      .whereRef('u.email', '=', 'r.email')
      .where('r.digest', '=', digest)
      .where('r.redeemed_at', 'is', null)
      .where('r.expires_at', '>', now)
      .returning(sql.ref<`usr_${string}`>('r.user_id').as('user_id'))
      .executeTakeFirst()
    return row?.user_id ?? null
  },

  async purge(time) {
    const { numDeletedRows } = await db.shared
      .deleteFrom('corbel_password_resets')
      .where('expires_at', '<', time)
      .executeTakeFirstOrThrow()
    return Number(numDeletedRows)
  },
})
