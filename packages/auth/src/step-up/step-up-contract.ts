import { defineContract, inPerson, json, ok } from '@corbel/core'
import { AuthErrors } from '../auth-errors.ts'
import { Tokens } from '../sessions/session.ts'
import { StepUp } from './step-up.ts'

export const stepUpContract = defineContract('step-up', '/api/v1/auth/step-up', {
  authenticate: {
    method: 'POST',
    path: '',
    access: inPerson,
    summary: 'Authenticate again within a session',
    description:
      'For endpoints that answer 401 with insufficient_user_authentication (RFC 9470): acr_values="aal2" needs a code or a passkey, max_age alone any of them or the password. A passkey signs the challenge of POST /api/v1/auth/passkeys/authenticate/options. The tokens take the place of those of the session.',
    body: json(StepUp),
    session: 'renews',
    success: ok(Tokens),
    errors: [AuthErrors.invalidFactor, AuthErrors.tooManyAttempts, AuthErrors.sessionEnded],
    rateLimit: { name: 'step-up', by: 'user', limit: 60, window: '1h' },
    idempotent: false,
  },
})
