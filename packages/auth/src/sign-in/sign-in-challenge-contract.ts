import { anyone, created, defineContract, json, ok } from '@corbel/core'
import { AuthErrors } from '../auth-errors.ts'
import { TotpEnrollment } from '../factors/factor.ts'
import { mfaCompleteLimit } from '../throttling/shared-limits.ts'
import { ChallengeAnswer, ChallengeEnrollment, CompletedSignIn } from './challenge-answer.ts'

export const signInChallengeContract = defineContract('sign-in', '/api/v1/auth/mfa', {
  complete: {
    method: 'POST',
    path: '/complete',
    access: anyone,
    summary: 'Complete a sign-in with a second factor',
    description:
      'With a code of an enrolled authenticator app, of one that POST /api/v1/auth/mfa/enroll has just begun, with a recovery code, or with a passkey that signs the challenge of POST /api/v1/auth/passkeys/authenticate/options. A challenge takes five attempts, works for the client that it was given to, and opens one session.',
    body: json(ChallengeAnswer),
    session: 'opens',
    success: ok(CompletedSignIn),
    errors: [
      AuthErrors.invalidChallenge,
      AuthErrors.invalidFactor,
      AuthErrors.tooManyAttempts,
      AuthErrors.accountDisabled,
      AuthErrors.notAMember,
    ],
    rateLimit: mfaCompleteLimit,
    idempotent: false,
  },
  enroll: {
    method: 'POST',
    path: '/enroll',
    access: anyone,
    summary: 'Enrol an authenticator app within a sign-in that needs one',
    description:
      'For a challenge that lists "totp" under enroll. The secret is shown this once; complete the sign-in with a code of it.',
    body: json(ChallengeEnrollment),
    success: created(TotpEnrollment),
    errors: [AuthErrors.invalidChallenge, AuthErrors.factorEnrolled],
    rateLimit: mfaCompleteLimit,
    idempotent: false,
  },
})
