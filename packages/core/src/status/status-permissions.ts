import { definePermissions } from '../module/define-permissions.ts'

export const StatusPermissions = definePermissions({
  manage: {
    scope: 'status:manage',
    summary: 'Manage the status page of the deployment: components, incidents, maintenance, subscriptions',
    from: 'operator',
  },
})
