import type { BillingTables } from './billing-tables.memory.ts'
import type { CustomerRepository } from './customer-repository.ts'

export const memoryCustomerRepository = ({
  billingCustomers: customers,
}: Pick<BillingTables, 'billingCustomers'>): CustomerRepository => ({
  async insert(customer) {
    const { tenantId, customerId } = customer
    for (const row of customers.values())
      if (row.customerId === customerId || (row.tenantId === tenantId && row.retiredAt === null)) return false
    customers.set(customerId, { ...customer, retiredAt: null })
    return true
  },
  async find(tenantId) {
    const row = [...customers.values()].find((each) => each.tenantId === tenantId && each.retiredAt === null)
    if (!row) return null
    const { retiredAt: _, ...customer } = row
    return customer
  },
  async lock(customerIds) {
    const wanted = new Set(customerIds)
    return new Map(
      [...customers.values()]
        .filter(({ customerId }) => wanted.has(customerId))
        .map(({ customerId, tenantId }) => [customerId, tenantId]),
    )
  },
  async retire(customerIds, at) {
    for (const id of customerIds) {
      const row = customers.get(id)
      if (row?.retiredAt === null) customers.set(id, { ...row, retiredAt: at })
    }
  },
})
