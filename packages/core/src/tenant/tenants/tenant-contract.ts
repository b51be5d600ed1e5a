import { scope } from '../../contract/access.ts'
import { defineContract } from '../../contract/contract.ts'
import { ok } from '../../contract/media.ts'
import { TenantErrors } from '../tenant-errors.ts'
import { TenantPermissions } from '../tenant-permissions.ts'
import { Tenant } from './tenant.ts'

export const tenantContract = defineContract('tenants', '/api/v1/tenants/account', {
  get: {
    method: 'GET',
    path: '',
    access: scope(TenantPermissions.read.scope),
    summary: 'Read the account of your tenant',
    success: ok(Tenant),
    errors: [TenantErrors.notFound],
  },
})
