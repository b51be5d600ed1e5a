import type { Id } from '@corbel/core'

/** Which customer of the gateway a tenant is. */
export interface CustomerRecord {
  readonly tenantId: Id<'ten'>
  readonly customerId: string
  readonly createdAt: Date
}

export interface CustomerRepository {
  /**
   * A tenant is one customer, and a customer one tenant. Of concurrent callers one gets true; false, and no effect, when the tenant
   * has a customer or the customer a tenant.
   */
  insert(customer: CustomerRecord): Promise<boolean>
  find(tenantId: Id<'ten'>): Promise<CustomerRecord | null>
  /**
   * The tenants of these customers, by customer; unknown ones are left out. In a transaction, others who ask for the same customers
   * wait for its end.
   */
  lock(customerIds: readonly string[]): Promise<ReadonlyMap<string, Id<'ten'>>>
}
