import { scope } from '../../contract/access.ts'
import { defineContract } from '../../contract/contract.ts'
import { ok } from '../../contract/media.ts'
import { TenantErrors } from '../tenant-errors.ts'
import { TenantPermissions } from '../tenant-permissions.ts'
import { Features } from './features.ts'

export const featureContract = defineContract('features', '/api/v1/features', {
  get: {
    method: 'GET',
    path: '',
    access: scope(TenantPermissions.read.scope),
    summary: 'Show what is switched on for your tenant',
    success: ok(Features),
    errors: [TenantErrors.notFound],
  },
})
