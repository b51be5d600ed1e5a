import { scope } from '../../contract/access.ts'
import { defineContract } from '../../contract/contract.ts'
import { json, ok } from '../../contract/media.ts'
import { TenantErrors } from '../tenant-errors.ts'
import { TenantPermissions } from '../tenant-permissions.ts'
import { RenameTenant, Tenant } from './tenant.ts'

export const tenantContract = defineContract('tenants', '/api/v1/tenants/account', {
  get: {
    method: 'GET',
    path: '',
    access: scope(TenantPermissions.read.scope),
    summary: 'Read the account of your tenant',
    success: ok(Tenant),
    errors: [TenantErrors.notFound],
  },
  rename: {
    method: 'PATCH',
    path: '',
    access: scope(TenantPermissions.manage.scope),
    summary: 'Rename your tenant; its slug stays',
    body: json(RenameTenant),
    success: ok(Tenant),
    errors: [TenantErrors.notFound],
  },
})
