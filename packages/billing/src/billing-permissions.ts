import { definePermissions } from '@corbel/core'

export const BillingPermissions = definePermissions({
  read: {
    scope: 'billing:read',
    summary: 'Read the subscription, the invoices, usage and entitlements of the tenant',
    from: 'member',
  },
  report: {
    scope: 'billing:report',
    summary: 'Report what the tenant has used',
    from: 'admin',
  },
  manage: {
    scope: 'billing:manage',
    summary: 'Change the subscription, the seats and the payment methods of the tenant',
    from: 'admin',
  },
})
