import type { NonceRepository } from '@corbel/auth/ports'
import type { TenantDb } from '../scoped-db.ts'

export const kyselyNonceRepository = (db: TenantDb): NonceRepository => ({
  async claim(digest, expiresAt) {
    const { numInsertedOrUpdatedRows = 0n } = await db.shared
      .insertInto('corbel_nonces')
      .values({ digest, expires_at: expiresAt })
      .onConflict((conflict) => conflict.column('digest').doNothing())
      .executeTakeFirstOrThrow()
    return numInsertedOrUpdatedRows > 0n
  },

  async purge(time) {
    const { numDeletedRows } = await db.shared
      .deleteFrom('corbel_nonces')
      .where('expires_at', '<', time)
      .executeTakeFirstOrThrow()
    return Number(numDeletedRows)
  },
})
