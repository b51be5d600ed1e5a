import {
  accepted,
  anyone,
  created,
  defineContract,
  empty,
  fresh,
  idSchema,
  json,
  ok,
  user,
} from '@corbel/core'
import * as z from 'zod'
import { AuthErrors } from '../auth-errors.ts'
import { Tokens } from '../sessions/session.ts'
import { SignInChallenge } from '../sign-in/sign-in.ts'
import { mfaEnrollLimit, mfaVerifyLimit, signInLimit } from '../throttling/shared-limits.ts'
import {
  AuthenticationOptions,
  PasskeyList,
  PasskeySignIn,
  RegisteredPasskey,
  RegisterPasskey,
  RegistrationOptions,
} from './passkey.ts'

const enrolling = [
  AuthErrors.mfaOff,
  AuthErrors.secondFactorNeeded,
  AuthErrors.tooManyFactors,
  AuthErrors.sessionEnded,
]

export const passkeyContract = defineContract('passkeys', '/api/v1/auth/passkeys', {
  registrationOptions: {
    method: 'POST',
    path: '/register/options',
    access: user(fresh),
    summary: 'Begin to register a passkey',
    description:
      'The answer is for PublicKeyCredential.parseCreationOptionsFromJSON. The passkey belongs to the host of APP_PUBLIC_URL.',
    success: ok(RegistrationOptions),
    errors: enrolling,
    rateLimit: mfaEnrollLimit,
    idempotent: false,
  },
  register: {
    method: 'POST',
    path: '/register/verify',
    access: user(fresh),
    summary: 'Register a passkey',
    description:
      'With what navigator.credentials.create has given, as its toJSON says. From then on the password alone does not sign you in. The tokens take the place of those of the session. With the first factor come ten recovery codes, shown this once, and your other sessions end.',
    body: json(RegisterPasskey),
    session: 'renews',
    success: created(RegisteredPasskey),
    errors: [AuthErrors.passkeyRefused, AuthErrors.passkeyTaken, ...enrolling],
    rateLimit: mfaVerifyLimit,
    idempotent: false,
  },
  authenticationOptions: {
    method: 'POST',
    path: '/authenticate/options',
    access: anyone,
    summary: 'Begin to authenticate with a passkey',
    description:
      'The answer is for PublicKeyCredential.parseRequestOptionsFromJSON. What the passkey signs then goes to POST /api/v1/auth/passkeys/authenticate/verify, or as a second factor to POST /api/v1/auth/mfa/complete, or to POST /api/v1/auth/step-up.',
    success: ok(AuthenticationOptions),
    rateLimit: { name: 'passkey-options', by: 'ip', limit: 300, window: '1m' },
    idempotent: false,
  },
  signIn: {
    method: 'POST',
    path: '/authenticate/verify',
    access: anyone,
    summary: 'Sign in with a passkey',
    description:
      'With what navigator.credentials.get has given, as its toJSON says. No second factor is asked for: the authenticator has verified its user.',
    body: json(PasskeySignIn),
    session: 'opens',
    success: ok(Tokens),
    alternatives: [accepted(SignInChallenge)],
    errors: [AuthErrors.invalidPasskey, AuthErrors.accountDisabled, AuthErrors.notAMember],
    rateLimit: signInLimit,
    idempotent: false,
  },
  list: {
    method: 'GET',
    path: '',
    access: user(),
    summary: 'List your passkeys',
    success: ok(PasskeyList),
  },
  remove: {
    method: 'DELETE',
    path: '/{id}',
    access: user(fresh),
    summary: 'Remove one of your passkeys',
    params: z.object({ id: idSchema('aut') }),
    success: empty(204),
    errors: [AuthErrors.factorNotFound, AuthErrors.factorRequired, AuthErrors.secondFactorNeeded],
  },
})
