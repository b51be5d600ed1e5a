import type { OpenChallenge, SignInChallengeRepository } from '@corbel/auth/ports'
import { type Selectable, sql } from 'kysely'
import type { TenantDb } from '../scoped-db.ts'
import type { AuthTables } from './tables.ts'

export const kyselySignInChallengeRepository = (db: TenantDb): SignInChallengeRepository => ({
  async insert({ digest, tenantId, userId, client, amr, expiresAt }) {
    await db
      .forTenant(tenantId)
      .insertInto('corbel_sign_in_challenges')
      .values({
        tenant_id: tenantId,
        digest,
        user_id: userId,
        client,
        amr: [...amr],
        attempts: 0,
        expires_at: expiresAt,
        redeemed_at: null,
      })
      .execute()
  },

  async find(digest, client, now) {
    const row = await db
      .platform('signInChallenges.find')
      .selectFrom('corbel_sign_in_challenges')
      .selectAll()
      .where('digest', '=', digest)
      .where('client', '=', client)
      .where('redeemed_at', 'is', null)
      .where('expires_at', '>', now)
      .executeTakeFirst()
    return row ? toChallenge(row) : null
  },

  async attempt(digest, client, now, limit) {
    const row = await db
      .platform('signInChallenges.find')
      .updateTable('corbel_sign_in_challenges')
      .set({ attempts: sql`attempts + 1` })
      .where('digest', '=', digest)
      .where('client', '=', client)
      .where('redeemed_at', 'is', null)
      .where('expires_at', '>', now)
      .where('attempts', '<', limit)
      .returningAll()
      .executeTakeFirst()
    return row ? toChallenge(row) : null
  },

  async redeem({ tenantId, digest }, now) {
    const { numUpdatedRows } = await db
      .forTenant(tenantId)
      .updateTable('corbel_sign_in_challenges')
      .set({ redeemed_at: now })
      .where('tenant_id', '=', tenantId)
      .where('digest', '=', digest)
      .where('redeemed_at', 'is', null)
      .where('expires_at', '>', now)
      .executeTakeFirstOrThrow()
    return numUpdatedRows > 0n
  },

  async purge(time) {
    const { numDeletedRows } = await db
      .platform('signInChallenges.purge')
      .deleteFrom('corbel_sign_in_challenges')
      .where('expires_at', '<', time)
      .executeTakeFirstOrThrow()
    return Number(numDeletedRows)
  },
})

const toChallenge = (row: Selectable<AuthTables['corbel_sign_in_challenges']>): OpenChallenge => ({
  digest: row.digest,
  tenantId: row.tenant_id,
  userId: row.user_id,
  client: row.client,
  amr: row.amr,
  expiresAt: row.expires_at,
})
