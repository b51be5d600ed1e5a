import { accepted, anyone, defineContract, json, ok } from '@corbel/core'
import { AuthErrors } from '../auth-errors.ts'
import { Tokens } from '../sessions/session.ts'
import { signInLimit } from '../throttling/shared-limits.ts'
import { SignIn, SignInChallenge } from './sign-in.ts'

export const signInContract = defineContract('sign-in', '/api/v1/auth', {
  signIn: {
    method: 'POST',
    path: '/token',
    access: anyone,
    summary: 'Sign in with e-mail and password',
    description:
      'A wrong password, an unknown e-mail and, where addresses must be verified, one that is not get the same answer. 202 asks for a second factor: complete the sign-in with POST /api/v1/auth/mfa/complete.',
    body: json(SignIn),
    session: 'opens',
    success: ok(Tokens),
    alternatives: [accepted(SignInChallenge)],
    errors: [
      AuthErrors.invalidCredentials,
      AuthErrors.tooManyAttempts,
      AuthErrors.accountDisabled,
      AuthErrors.notAMember,
      AuthErrors.hashingBusy,
    ],
    rateLimit: signInLimit,
    idempotent: false,
  },
})
