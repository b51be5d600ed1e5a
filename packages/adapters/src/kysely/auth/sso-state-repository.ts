import type { SsoStateRepository } from '@corbel/auth/ports'
import type { TenantDb } from '../scoped-db.ts'

export const kyselySsoStateRepository = (db: TenantDb): SsoStateRepository => ({
  async insert({ digest, browser, connectionId, tenantId, userId, memo, expiresAt }) {
    await db
      .platform('ssoStates.insert')
      .insertInto('corbel_sso_states')
      .values({
        digest,
        browser,
        connection_id: connectionId,
        tenant_id: tenantId,
        user_id: userId,
        memo,
        expires_at: expiresAt,
      })
      .execute()
  },

  async redeem({ digest, browser, connectionId, userId }, now) {
    const row = await db
      .platform('ssoStates.redeem')
      .deleteFrom('corbel_sso_states')
      .where('digest', '=', digest)
      .where('browser', '=', browser)
      .where('connection_id', '=', connectionId)
      .where('user_id', 'is not distinct from', userId)
      .where('expires_at', '>', now)
      .returningAll()
      .executeTakeFirst()
    if (!row) return null
    return {
      digest: row.digest,
      browser: row.browser,
      connectionId: row.connection_id,
      tenantId: row.tenant_id,
      userId: row.user_id,
      memo: row.memo,
      expiresAt: row.expires_at,
    }
  },

  async purge(time) {
    const { numDeletedRows } = await db
      .platform('ssoStates.purge')
      .deleteFrom('corbel_sso_states')
      .where('expires_at', '<', time)
      .executeTakeFirstOrThrow()
    return Number(numDeletedRows)
  },
})
