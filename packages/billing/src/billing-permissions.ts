import { definePermissions } from '@corbel/core'

export const BillingPermissions = definePermissions({
  read: {
    scope: 'billing:read',
    summary: 'Read the subscription, the invoices, usage and entitlements of the tenant',
    from: 'member',
  },
  manage: {
    scope: 'billing:manage',
    summary: 'Change the subscription, the seats and the payment methods of the tenant',
    from: 'admin',
  },
})
