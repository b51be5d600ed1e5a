import { definePermissions } from '../module/define-permissions.ts'

export const TenantPermissions = definePermissions({
  read: { scope: 'tenant:read', summary: 'Read the account and the settings of the tenant', from: 'viewer' },
  manage: {
    scope: 'tenant:manage',
    summary: 'Change the account and the settings of the tenant',
    from: 'admin',
  },
  readMembers: { scope: 'members:read', summary: 'List the members of the tenant', from: 'member' },
})
