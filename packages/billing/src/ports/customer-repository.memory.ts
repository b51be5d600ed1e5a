import type { BillingTables } from './billing-tables.memory.ts'
import type { CustomerRepository } from './customer-repository.ts'

export const memoryCustomerRepository = ({
  billingCustomers: customers,
}: Pick<BillingTables, 'billingCustomers'>): CustomerRepository => ({
  async insert(customer) {
    const { tenantId, customerId } = customer
    for (const row of customers.values())
      if (row.tenantId === tenantId || row.customerId === customerId) return false
    customers.set(tenantId, { ...customer })
    return true
  },
  async find(tenantId) {
    const row = customers.get(tenantId)
    return row ? { ...row } : null
  },
  async lock(customerIds) {
    const wanted = new Set(customerIds)
    return new Map(
      [...customers.values()]
        .filter(({ customerId }) => wanted.has(customerId))
        .map(({ customerId, tenantId }) => [customerId, tenantId]),
    )
  },
})
