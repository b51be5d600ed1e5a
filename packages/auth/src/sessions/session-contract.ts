import {
  anyone,
  defineContract,
  empty,
  idSchema,
  inPerson,
  json,
  ok,
  PageErrors,
  pageOf,
  PageQuery,
  user,
} from '@corbel/core'
import * as z from 'zod'
import { AuthErrors } from '../auth-errors.ts'
import { PresentedRefreshToken, Session, SignedOutAll, Tokens } from './session.ts'

export const sessionContract = defineContract('sessions', '/api/v1/auth', {
  refresh: {
    method: 'POST',
    path: '/refresh',
    access: anyone,
    summary: 'Exchange a refresh token for new tokens',
    description:
      'Each refresh token works once. Presenting it again within 10 seconds returns the same successor; after that it counts as stolen and ends the session. In cookie mode there is no body.',
    body: json(PresentedRefreshToken),
    session: 'renews',
    success: ok(Tokens),
    errors: [AuthErrors.invalidRefreshToken],
    idempotent: false,
  },
  signOut: {
    method: 'POST',
    path: '/logout',
    access: anyone,
    summary: 'End the session of a refresh token',
    description: 'Answers the same for a token that is unknown or whose session has ended already.',
    body: json(PresentedRefreshToken),
    session: 'ends',
    success: empty(204),
    idempotent: false,
  },
  signOutAll: {
    method: 'POST',
    path: '/logout/all',
    access: inPerson,
    summary: 'End all of your sessions, on every device and in every tenant',
    session: 'ends',
    success: ok(SignedOutAll),
  },
  signOutOthers: {
    method: 'POST',
    path: '/logout/others',
    access: inPerson,
    summary: 'End all of your sessions but this one, on every device and in every tenant',
    success: ok(SignedOutAll),
  },
  list: {
    method: 'GET',
    path: '/sessions',
    access: user(),
    summary: 'List your sessions in this tenant, newest first',
    query: PageQuery,
    success: ok(pageOf(Session)),
    errors: [PageErrors.invalidCursor],
  },
  revoke: {
    method: 'DELETE',
    path: '/sessions/{id}',
    access: user(),
    summary: 'End one of your sessions',
    params: z.object({ id: idSchema('ses') }),
    success: empty(204),
    errors: [AuthErrors.sessionNotFound],
  },
})
