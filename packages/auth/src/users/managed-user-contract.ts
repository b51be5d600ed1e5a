import { defineContract, empty, fresh, idSchema, json, ok, operator, PageErrors, pageOf } from '@corbel/core'
import * as z from 'zod'
import { AuthErrors } from '../auth-errors.ts'
import { Impersonate, ImpersonationToken, ManagedUser, ManagedUserQuery, Reason } from './managed-user.ts'

const params = z.object({ id: idSchema('usr') })

export const managedUserContract = defineContract('platform-users', '/api/v1/platform/users', {
  list: {
    method: 'GET',
    path: '',
    access: operator(),
    summary: 'List the users of all tenants, newest first',
    query: ManagedUserQuery,
    success: ok(pageOf(ManagedUser)),
    errors: [PageErrors.invalidCursor],
  },
  unlock: {
    method: 'POST',
    path: '/{id}/unlock',
    access: operator(fresh),
    summary: 'End the lock of an account',
    params,
    body: json(Reason),
    success: empty(204),
    errors: [AuthErrors.userNotFound],
  },
  disable: {
    method: 'POST',
    path: '/{id}/disable',
    access: operator(fresh),
    summary: 'Disable an account and end all of its sessions',
    params,
    body: json(Reason),
    success: empty(204),
    errors: [AuthErrors.userNotFound, AuthErrors.alreadyDisabled],
  },
  enable: {
    method: 'POST',
    path: '/{id}/enable',
    access: operator(fresh),
    summary: 'Enable a disabled account',
    params,
    body: json(Reason),
    success: empty(204),
    errors: [AuthErrors.userNotFound, AuthErrors.notDisabled],
  },
  impersonate: {
    method: 'POST',
    path: '/{id}/impersonate',
    access: operator({ aal: 2, maxAge: '15m' }),
    summary: 'Get an access token with which to act in the name of a user',
    description:
      'It names you in "act" (RFC 8693), is good for 15 minutes at most, cannot be refreshed, and does nothing that is about how the user gets in. The reason and whatever is done stand in the audit trail under both.',
    params,
    body: json(Impersonate),
    success: ok(ImpersonationToken),
    errors: [
      AuthErrors.userNotFound,
      AuthErrors.impersonationRefused,
      AuthErrors.accountDisabled,
      AuthErrors.notAMember,
    ],
    idempotent: false,
  },
})
