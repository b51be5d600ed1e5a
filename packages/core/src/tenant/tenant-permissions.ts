import { definePermissions } from '../module/define-permissions.ts'

export const TenantPermissions = definePermissions({
  read: { scope: 'tenant:read', summary: 'Read the account and the settings of the tenant', from: 'viewer' },
  manage: {
    scope: 'tenant:manage',
    summary: 'Change the account and the settings of the tenant',
    from: 'admin',
  },
  readMembers: { scope: 'members:read', summary: 'List the members of the tenant', from: 'member' },
  readActivity: { scope: 'activity:read', summary: 'See what happens in the tenant', from: 'member' },
  manageWebhooks: {
    scope: 'webhooks:manage',
    summary: 'Say where events of the tenant are sent, and read what was sent',
    from: 'admin',
  },
  manageMembers: {
    scope: 'members:manage',
    summary: 'Invite, add and remove members of the tenant, and change their roles',
    from: 'admin',
  },
  transferOwnership: {
    scope: 'tenant:transfer',
    summary: 'Make another member an owner in your place',
    from: 'owner',
  },
})
