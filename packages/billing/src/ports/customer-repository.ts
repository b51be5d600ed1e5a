import type { Id } from '@corbel/core'

/** Which customer of the gateway a tenant is. */
export interface CustomerRecord {
  readonly tenantId: Id<'ten'>
  readonly customerId: string
  readonly createdAt: Date
}

export interface CustomerRepository {
  /**
   * A tenant is one customer, and a customer one tenant for ever. Of concurrent callers one gets true; false, and no effect, when the
   * tenant has a customer or the customer has, or had, a tenant.
   */
  insert(customer: CustomerRecord): Promise<boolean>
  /** Null too when its customer was retired. */
  find(tenantId: Id<'ten'>): Promise<CustomerRecord | null>
  /**
   * The tenants of these customers, by customer, retired or not; unknown ones are left out. In a transaction, others who ask for the same customers
   * wait for its end.
   */
  lock(customerIds: readonly string[]): Promise<ReadonlyMap<string, Id<'ten'>>>
  /** The tenants of these customers have none from then on. No effect on those that were retired before, or are not known. */
  retire(customerIds: readonly string[], at: Date): Promise<void>
}
