import { defineModule } from '@corbel/core'
import { BillingPermissions } from './billing-permissions.ts'

/** Plans, subscriptions, invoices, usage and entitlements. */
export const billing = () =>
  defineModule({
    name: 'billing',
    catalogs: { permissions: BillingPermissions },
    services: () => ({}),
  })
