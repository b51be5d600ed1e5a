import type { CustomerRepository } from '@corbel/billing/ports'
import type { Id } from '@corbel/core/ports'
import { sql } from 'kysely'
import type { TenantDb } from '../scoped-db.ts'

export const kyselyCustomerRepository = (db: TenantDb): CustomerRepository => ({
  async insert({ tenantId, customerId, createdAt }) {
    const { numInsertedOrUpdatedRows = 0n } = await db
      .forTenant(tenantId)
      .insertInto('corbel_billing_customers')
      .values({ tenant_id: tenantId, customer_id: customerId, created_at: createdAt })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirstOrThrow()
    return numInsertedOrUpdatedRows > 0n
  },

  async find(tenantId) {
    const row = await db
      .forTenant(tenantId)
      .selectFrom('corbel_billing_customers')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('retired_at', 'is', null)
      .executeTakeFirst()
    return row ? { tenantId: row.tenant_id, customerId: row.customer_id, createdAt: row.created_at } : null
  },

  async lock(customerIds) {
    if (customerIds.length === 0) return new Map()
    // In one order, so that two who lock several of the same wait instead of locking each other out.
    const { rows } = await sql<{ readonly customer_id: string; readonly tenant_id: Id<'ten'> }>`
      select customer_id, tenant_id from corbel_billing_customers
      where customer_id = any(${[...new Set(customerIds)]}::text[])
      order by customer_id for update`.execute(db.platform('billingCustomers.lock'))
    return new Map(rows.map(({ customer_id, tenant_id }) => [customer_id, tenant_id]))
  },

  async retire(customerIds, at) {
    if (customerIds.length === 0) return
    await db
      .platform('billingCustomers.retire')
      .updateTable('corbel_billing_customers')
      .set({ retired_at: at })
      .where('customer_id', 'in', customerIds)
      .where('retired_at', 'is', null)
      .execute()
  },
})
