import type { ConsentRepository } from '@corbel/auth/ports'
import type { TenantDb } from '../scoped-db.ts'

export const kyselyConsentRepository = (db: TenantDb): ConsentRepository => ({
  async record({ userId, policy, version, acceptedAt, ipPrefix, userAgent }) {
    const { numInsertedOrUpdatedRows = 0n } = await db.shared
      .insertInto('corbel_consents')
      .values({
        user_id: userId,
        policy,
        version,
        accepted_at: acceptedAt,
        ip_prefix: ipPrefix,
        user_agent: userAgent,
      })
      .onConflict((conflict) => conflict.columns(['user_id', 'policy', 'version']).doNothing())
      .executeTakeFirstOrThrow()
    return numInsertedOrUpdatedRows > 0n
  },

  async list(userId) {
    const rows = await db.shared
      .selectFrom('corbel_consents')
      .selectAll()
      .where('user_id', '=', userId)
      .orderBy('accepted_at')
      .orderBy('policy')
      .orderBy('version')
      .execute()
    return rows.map((row) => ({
      userId: row.user_id,
      policy: row.policy,
      version: row.version,
      acceptedAt: row.accepted_at,
      ipPrefix: row.ip_prefix,
      userAgent: row.user_agent,
    }))
  },
})
