import type { ReconciliationRepository } from '@corbel/billing/ports'
import type { TenantDb } from '../scoped-db.ts'

export const kyselyReconciliationRepository = ({ shared: db }: TenantDb): ReconciliationRepository => ({
  async find(account) {
    const row = await db
      .selectFrom('corbel_billing_marks')
      .selectAll()
      .where('account', '=', account)
      .executeTakeFirst()
    if (!row) return null
    const { reached_at: reachedAt, started_at: startedAt, cursor } = row
    return { account, reachedAt, pass: startedAt && cursor !== null ? { startedAt, cursor } : null }
  },

  async save({ account, reachedAt, pass }) {
    const values = {
      reached_at: reachedAt,
      started_at: pass?.startedAt ?? null,
      cursor: pass?.cursor ?? null,
    }
    await db
      .insertInto('corbel_billing_marks')
      .values({ account, ...values })
      .onConflict((conflict) => conflict.column('account').doUpdateSet(values))
      .execute()
  },
})
