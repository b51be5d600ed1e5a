import { anyone, defineContract, empty, inPerson, json } from '@corbel/core'
import { AuthErrors } from '../auth-errors.ts'
import { VerifyEmail } from './email-verification.ts'

export const emailVerificationContract = defineContract('email-verifications', '/api/v1/auth/email', {
  send: {
    method: 'POST',
    path: '/send',
    access: inPerson,
    summary: 'Ask for another verification mail',
    description: 'The links of earlier mails stop working. Does nothing when the address is verified.',
    success: empty(202),
    rateLimit: { name: 'verification-mail', by: 'user', limit: 3, window: '1h' },
  },
  verify: {
    method: 'POST',
    path: '/verify',
    access: anyone,
    summary: 'Verify an e-mail address with the token from the mail',
    description:
      'Access tokens say so after the next refresh. From another client than the one that registered, and without the password, the address is verified but the password is set aside, every session is ended, and a mail to choose a new one follows: whoever registered need not be who reads the mail.',
    body: json(VerifyEmail),
    success: empty(204),
    errors: [AuthErrors.invalidVerificationToken, AuthErrors.wrongPassword, AuthErrors.hashingBusy],
    rateLimit: { name: 'verify-email', by: 'ip', limit: 600, window: '1h' },
    idempotent: false,
  },
})
