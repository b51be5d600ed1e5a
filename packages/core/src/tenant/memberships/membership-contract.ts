import { scope } from '../../contract/access.ts'
import { defineContract } from '../../contract/contract.ts'
import { ok } from '../../contract/media.ts'
import { PageErrors, pageOf, PageQuery } from '../../kernel/page.ts'
import { TenantPermissions } from '../tenant-permissions.ts'
import { Membership } from './membership.ts'

export const membershipContract = defineContract('members', '/api/v1/tenants/members', {
  list: {
    method: 'GET',
    path: '',
    access: scope(TenantPermissions.readMembers.scope),
    summary: 'List the members of your tenant',
    query: PageQuery,
    success: ok(pageOf(Membership)),
    errors: [PageErrors.invalidCursor],
  },
})
