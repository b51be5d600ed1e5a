import { defineContract, fresh, json, ok, scope } from '@corbel/core'
import { TenantPermissions } from '@corbel/core/tenant'
import { TenantMfaPolicy } from './mfa-policy.ts'

export const mfaPolicyContract = defineContract('mfa-policy', '/api/v1/auth/mfa/policy', {
  get: {
    method: 'GET',
    path: '',
    access: scope(TenantPermissions.read.scope),
    summary: 'Read whether your tenant asks for a second factor',
    success: ok(TenantMfaPolicy),
  },
  replace: {
    method: 'PUT',
    path: '',
    access: scope(TenantPermissions.manage.scope, fresh),
    summary: 'Set whether your tenant asks for a second factor',
    description:
      'With "required", members who have none enrol one at their next sign-in, and sessions of one factor end when their access token does.',
    body: json(TenantMfaPolicy),
    success: ok(TenantMfaPolicy),
  },
})
