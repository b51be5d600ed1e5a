import { anyone, created, defineContract, fresh, json, ok, scope, user } from '@corbel/core'
import { AcceptInvitation, Membership, NewMember, TenantErrors, TenantPermissions } from '@corbel/core/tenant'
import { AuthErrors } from '../auth-errors.ts'
import { Joined, JoinAsNewUser } from './joining.ts'

const { invalidInvitation, alreadyMember, roleNotYours } = TenantErrors

export const joiningContract = defineContract('joining', '/api/v1/tenants', {
  addMember: {
    method: 'POST',
    path: '/members',
    access: scope(TenantPermissions.manageMembers.scope, fresh),
    summary: 'Add a user whose id you know to your tenant',
    description:
      'By id and not by address: whether an address has an account is not told. To reach an address, send an invitation.',
    body: json(NewMember),
    success: created(Membership),
    errors: [AuthErrors.userNotFound, roleNotYours, alreadyMember],
  },
  accept: {
    method: 'POST',
    path: '/invites/accept',
    access: anyone,
    summary: 'Accept an invitation to a team and create the account for its address',
    description: 'Sign in afterwards with POST /api/v1/auth/token.',
    body: json(JoinAsNewUser),
    success: created(Joined),
    errors: [
      invalidInvitation,
      AuthErrors.emailTaken,
      AuthErrors.weakPassword,
      AuthErrors.breachCheckUnavailable,
      AuthErrors.hashingBusy,
    ],
    rateLimit: { name: 'accept-invitation', by: 'ip', limit: 60, window: '1h' },
    idempotent: false,
  },
  acceptCurrent: {
    method: 'POST',
    path: '/invites/accept/current',
    access: user(),
    summary: 'Accept an invitation to a team that was sent to your address',
    description:
      'Your session stays in its tenant: sign in with the tenantId of the answer to work in the new one.',
    body: json(AcceptInvitation),
    success: ok(Membership),
    errors: [invalidInvitation, alreadyMember, AuthErrors.sessionEnded],
    rateLimit: { name: 'accept-invitation', by: 'user', limit: 60, window: '1h' },
    idempotent: false,
  },
})
