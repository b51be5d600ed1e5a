import {
  anyone,
  defineContract,
  empty,
  idSchema,
  json,
  ok,
  PageErrors,
  pageOf,
  PageQuery,
  user,
} from '@corbel/core'
import * as z from 'zod'
import { AuthErrors } from '../auth-errors.ts'
import { PresentedRefreshToken, Session, SignedOutAll, SignIn, Tokens } from './session.ts'

export const sessionContract = defineContract('sessions', '/api/v1/auth', {
  signIn: {
    method: 'POST',
    path: '/token',
    access: anyone,
    summary: 'Sign in with e-mail and password',
    description: 'A wrong password and an unknown e-mail get the same answer.',
    body: json(SignIn),
    success: ok(Tokens),
    errors: [AuthErrors.invalidCredentials, AuthErrors.notAMember],
    rateLimit: {
      name: 'sign-in',
      by: 'ip',
      limit: 30,
      window: '1m',
      setting: 'AUTH_SIGN_IN_RATE_LIMIT_PER_MINUTE',
    },
    idempotent: false,
  },
  refresh: {
    method: 'POST',
    path: '/refresh',
    access: anyone,
    summary: 'Exchange a refresh token for new tokens',
    description:
      'Each refresh token works once. Presenting it again within 10 seconds returns the same successor; after that it counts as stolen and ends the session.',
    body: json(PresentedRefreshToken),
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
    success: empty(204),
    idempotent: false,
  },
  signOutAll: {
    method: 'POST',
    path: '/logout/all',
    access: user(),
    summary: 'End all of your sessions, on every device and in every tenant',
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
