import * as z from 'zod'
import { fresh, scope, user } from '../../contract/access.ts'
import { defineContract } from '../../contract/contract.ts'
import { created, empty, json, ok } from '../../contract/media.ts'
import { idSchema } from '../../kernel/id.ts'
import { PageErrors, pageOf, PageQuery } from '../../kernel/page.ts'
import { TenantErrors } from '../tenant-errors.ts'
import { TenantPermissions } from '../tenant-permissions.ts'
import { Invitation, InvitationPolicy, NewInvitation } from './invitation.ts'

// A person: an invitation makes a member, and no machine has a role to give.
const access = scope(TenantPermissions.manageMembers.scope, { aal: 1 })
const toInvite = scope(TenantPermissions.manageMembers.scope, fresh)
const params = z.object({ id: idSchema('inv') })
const rateLimit = { name: 'team-invitations', by: 'tenant', limit: 100, window: '1h' } as const

export const invitationContract = defineContract('invitations', '/api/v1/tenants/invites', {
  policy: {
    method: 'GET',
    path: '/policy',
    access: user(),
    summary: 'Show for how long invitations can be accepted',
    success: ok(InvitationPolicy),
  },
  list: {
    method: 'GET',
    path: '',
    access,
    summary: 'List the invitations of your tenant, newest first',
    query: PageQuery,
    success: ok(pageOf(Invitation)),
    errors: [PageErrors.invalidCursor],
  },
  create: {
    method: 'POST',
    path: '',
    access: toInvite,
    summary: 'Invite somebody to your tenant by mail',
    description:
      'Whether the address has an account makes no difference here. The token is in the mail alone.',
    body: json(NewInvitation),
    success: created(Invitation),
    errors: [TenantErrors.roleNotFound, TenantErrors.roleNotYours, TenantErrors.invitationPending],
    rateLimit,
  },
  resend: {
    method: 'POST',
    path: '/{id}/resend',
    access: toInvite,
    summary: 'Send another mail with a new token; the earlier one stops working',
    params,
    success: ok(Invitation),
    errors: [TenantErrors.invitationNotFound, TenantErrors.roleNotYours],
    rateLimit,
  },
  revoke: {
    method: 'POST',
    path: '/{id}/revoke',
    access,
    summary: 'Withdraw an invitation',
    params,
    success: empty(204),
    errors: [TenantErrors.invitationNotFound],
  },
})
