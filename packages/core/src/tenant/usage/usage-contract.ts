import { scope } from '../../contract/access.ts'
import { defineContract } from '../../contract/contract.ts'
import { ok } from '../../contract/media.ts'
import { TenantPermissions } from '../tenant-permissions.ts'
import { Usage, UsageQuery } from './usage.ts'

export const usageContract = defineContract('usage', '/api/v1/usage', {
  get: {
    method: 'GET',
    path: '',
    access: scope(TenantPermissions.read.scope),
    summary: 'Sum up what your tenant has and uses',
    description:
      'What every module counts, in the present month or day. What a plan allows is under its entitlements.',
    query: UsageQuery,
    success: ok(Usage),
  },
})
