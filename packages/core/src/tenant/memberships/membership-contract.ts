import * as z from 'zod'
import { fresh, scope } from '../../contract/access.ts'
import { defineContract } from '../../contract/contract.ts'
import { empty, json, ok } from '../../contract/media.ts'
import { idSchema } from '../../kernel/id.ts'
import { PageErrors, pageOf, PageQuery } from '../../kernel/page.ts'
import { TenantErrors } from '../tenant-errors.ts'
import { TenantPermissions } from '../tenant-permissions.ts'
import { ChangeRole, Membership, TransferOwnership } from './membership.ts'

const { readMembers, manageMembers, transferOwnership } = TenantPermissions
const refusals = [TenantErrors.memberNotFound, TenantErrors.roleNotYours, TenantErrors.lastOwner]
const params = z.object({ userId: idSchema('usr') })

export const membershipContract = defineContract('members', '/api/v1/tenants', {
  list: {
    method: 'GET',
    path: '/members',
    access: scope(readMembers.scope),
    summary: 'List the members of your tenant',
    query: PageQuery,
    success: ok(pageOf(Membership)),
    errors: [PageErrors.invalidCursor],
  },
  changeRole: {
    method: 'PATCH',
    path: '/members/{userId}/role',
    access: scope(manageMembers.scope, fresh),
    summary: 'Change the role of a member; their sessions in your tenant end',
    description:
      'Only owners give or take away the role owner, and one owner always remains. A role that the tenant made is named by roleId.',
    params,
    body: json(ChangeRole),
    success: ok(Membership),
    errors: [...refusals, TenantErrors.roleNotFound],
  },
  remove: {
    method: 'DELETE',
    path: '/members/{userId}',
    access: scope(manageMembers.scope, fresh),
    summary: 'Remove a member; their sessions and API keys in your tenant end',
    params,
    success: empty(204),
    errors: refusals,
  },
  transferOwnership: {
    method: 'POST',
    path: '/ownership-transfer',
    access: scope(transferOwnership.scope, fresh),
    summary: 'Make another member an owner in your place; you stay as an admin',
    body: json(TransferOwnership),
    success: ok(Membership),
    errors: [TenantErrors.memberNotFound, TenantErrors.roleNotYours],
  },
})
