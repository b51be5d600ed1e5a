// Module
export { billing } from './billing-module.ts'

// Catalogues
export { BillingPermissions } from './billing-permissions.ts'
