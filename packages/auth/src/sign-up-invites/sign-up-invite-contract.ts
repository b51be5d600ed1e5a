import {
  created,
  defineContract,
  empty,
  fresh,
  idSchema,
  json,
  ok,
  operator,
  pageOf,
  PageErrors,
} from '@corbel/core'
import * as z from 'zod'
import { AuthErrors } from '../auth-errors.ts'
import { IssuedSignUpInvite, NewSignUpInvite, SignUpInvite, SignUpInviteListQuery } from './sign-up-invite.ts'

export const signUpInviteContract = defineContract('sign-up-invites', '/api/v1/auth/invites', {
  list: {
    method: 'GET',
    path: '',
    access: operator(),
    summary: 'List invitations to sign up, newest first',
    query: SignUpInviteListQuery,
    success: ok(pageOf(SignUpInvite)),
    errors: [PageErrors.invalidCursor],
  },
  create: {
    method: 'POST',
    path: '',
    access: operator(fresh),
    summary: 'Invite one address, or whoever has the token, to sign up',
    description:
      'An invitation for an address is mailed there and its token is shown to nobody else, so registering with it verifies the address. Until it ends, nobody registers the address without it.',
    body: json(NewSignUpInvite),
    success: created(IssuedSignUpInvite),
    errors: [AuthErrors.addressInvited, AuthErrors.emailDomainRefused],
    idempotent: false,
  },
  revoke: {
    method: 'POST',
    path: '/{id}/revoke',
    access: operator(),
    summary: 'End an open invitation to sign up at once',
    params: z.object({ id: idSchema('sui') }),
    success: empty(204),
    errors: [AuthErrors.signUpInviteNotFound],
  },
})
