import { created, defineContract, empty, fresh, idSchema, json, ok, user } from '@corbel/core'
import * as z from 'zod'
import { AuthErrors } from '../auth-errors.ts'
import { mfaEnrollLimit, mfaVerifyLimit } from '../throttling/shared-limits.ts'
import {
  EnrollTotp,
  FactorOverview,
  RecoveryCodeList,
  TotpEnrollment,
  VerifiedTotp,
  VerifyTotp,
} from './factor.ts'

export const factorContract = defineContract('mfa', '/api/v1/auth/mfa', {
  list: {
    method: 'GET',
    path: '',
    access: user(),
    summary: 'Show your second factors, how many recovery codes are left, and what your tenant asks for',
    success: ok(FactorOverview),
  },
  enrollTotp: {
    method: 'POST',
    path: '/totp/enroll',
    access: user(fresh),
    summary: 'Begin to enrol an authenticator app',
    description: 'The secret is shown this once. The app counts after POST /api/v1/auth/mfa/totp/verify.',
    body: json(EnrollTotp),
    success: created(TotpEnrollment),
    errors: [
      AuthErrors.mfaOff,
      AuthErrors.secondFactorNeeded,
      AuthErrors.tooManyFactors,
      AuthErrors.sessionEnded,
    ],
    rateLimit: mfaEnrollLimit,
    idempotent: false,
  },
  verifyTotp: {
    method: 'POST',
    path: '/totp/verify',
    access: user(fresh),
    summary: 'Confirm an authenticator app with a code',
    description:
      'The tokens take the place of those of the session. With the first factor come ten recovery codes, shown this once, and your other sessions end.',
    body: json(VerifyTotp),
    session: 'renews',
    success: ok(VerifiedTotp),
    errors: [
      AuthErrors.invalidFactor,
      AuthErrors.tooManyAttempts,
      AuthErrors.secondFactorNeeded,
      AuthErrors.sessionEnded,
    ],
    rateLimit: mfaVerifyLimit,
    idempotent: false,
  },
  remove: {
    method: 'DELETE',
    path: '/{id}',
    access: user(fresh),
    summary: 'Remove one of your second factors',
    params: z.object({ id: idSchema('aut') }),
    success: empty(204),
    errors: [AuthErrors.factorNotFound, AuthErrors.factorRequired, AuthErrors.secondFactorNeeded],
  },
  regenerateRecoveryCodes: {
    method: 'POST',
    path: '/recovery/regenerate',
    access: user(fresh),
    summary: 'Replace your recovery codes by ten new ones',
    success: ok(RecoveryCodeList),
    errors: [AuthErrors.noFactors, AuthErrors.secondFactorNeeded],
    rateLimit: { name: 'mfa-recovery', by: 'user', limit: 10, window: '1h' },
    idempotent: false,
  },
})
