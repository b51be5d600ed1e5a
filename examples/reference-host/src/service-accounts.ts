import { defineServiceAccounts } from '@corbel/auth'

/** Machines of this product. A credential of each is for one tenant. */
export const serviceAccounts = defineServiceAccounts({
  'analytics-batch': {
    summary: 'Reads the conversations of a tenant for its reports.',
    scopes: ['conversations:read', 'tenant:read'],
    maxDays: 30,
    tenancy: 'tenant',
  },
  'billing-worker': {
    summary: 'Reports what a tenant has used, and reads what it pays for.',
    scopes: ['billing:read', 'billing:report'],
    maxDays: 30,
    tenancy: 'tenant',
  },
})
