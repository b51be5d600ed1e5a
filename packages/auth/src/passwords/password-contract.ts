import { anyone, defineContract, empty, json, operator, redirect, user } from '@corbel/core'
import { AuthErrors } from '../auth-errors.ts'
import { ChangePassword, ConfirmPasswordReset, ForgotPassword, StartPasswordReset } from './password.ts'

/** What is said of a password that is to be set. */
const refusals = [
  AuthErrors.weakPassword,
  AuthErrors.reusedPassword,
  AuthErrors.breachCheckUnavailable,
  AuthErrors.hashingBusy,
]

export const passwordContract = defineContract('passwords', '/api/v1/auth/password', {
  change: {
    method: 'POST',
    path: '/change',
    access: user({ maxAge: '10m' }),
    summary: 'Change your password',
    description: 'All of your sessions end, this one too, and a mail tells you.',
    body: json(ChangePassword),
    session: 'ends',
    success: empty(204),
    errors: [AuthErrors.wrongPassword, AuthErrors.tooManyAttempts, AuthErrors.sessionEnded, ...refusals],
    idempotent: false,
  },
  forgot: {
    method: 'POST',
    path: '/forgot',
    access: anyone,
    summary: 'Ask for a mail that resets a password',
    description:
      'Answers the same whether or not the address has an account. The links of earlier mails stop working.',
    body: json(ForgotPassword),
    success: empty(202),
    rateLimit: {
      name: 'password-forgot',
      by: 'ip',
      limit: 20,
      window: '1h',
      setting: 'PASSWORD_RESET_IP_RATE_LIMIT_PER_HOUR',
    },
    idempotent: false,
  },
  confirm: {
    method: 'POST',
    path: '/confirm',
    access: anyone,
    summary: 'Set a new password with the token from the mail',
    description:
      'All sessions of the account end. It signs nobody in: a second factor is asked for at the next sign-in as ever.',
    body: json(ConfirmPasswordReset),
    success: empty(204),
    errors: [AuthErrors.invalidResetToken, ...refusals],
    rateLimit: { name: 'password-confirm', by: 'ip', limit: 600, window: '1h' },
    idempotent: false,
  },
  reset: {
    method: 'POST',
    path: '/reset',
    access: operator({ maxAge: '10m' }),
    summary: 'Make the password of a user useless and mail them a link that sets a new one',
    description: 'All sessions of the user end. Nobody but the user chooses the new password.',
    body: json(StartPasswordReset),
    success: empty(202),
    errors: [AuthErrors.userNotFound, AuthErrors.hashingBusy],
    idempotent: false,
  },
})

/** Where password managers find the page that changes a password (W3C change-password-url). */
export const changePasswordUrlContract = defineContract('passwords', '', {
  find: {
    method: 'GET',
    path: '/.well-known/change-password',
    access: anyone,
    summary: 'Go to the page that changes a password',
    success: redirect(),
  },
})
