import { anyone, created, defineContract, json, ok } from '@corbel/core'
import { AuthErrors } from '../auth-errors.ts'
import { SignUpPolicy } from './sign-up-policy.ts'
import { Registration, SignUp } from './sign-up.ts'

export const signUpContract = defineContract('sign-up', '/api/v1/auth', {
  policy: {
    method: 'GET',
    path: '/signup-policy',
    access: anyone,
    summary: 'Show who may sign up, and to which terms',
    success: ok(SignUpPolicy),
  },
  register: {
    method: 'POST',
    path: '/register',
    access: anyone,
    summary: 'Create an account and its tenant',
    description:
      'An address that already has an account gets the same answer, with ids that lead nowhere, and a mail that says so; one that is invited gets its invitation again. An invitation is used up in either case. website is a field that the form hides from people: for whoever fills it nothing is created. Sign in with POST /api/v1/auth/token.',
    body: json(SignUp),
    success: created(Registration),
    errors: [
      AuthErrors.planUnknown,
      AuthErrors.inviteRequired,
      AuthErrors.invalidInvite,
      AuthErrors.emailDomainRefused,
      AuthErrors.tooManySignUps,
      AuthErrors.weakPassword,
      AuthErrors.breachCheckUnavailable,
      AuthErrors.hashingBusy,
    ],
    rateLimit: { name: 'sign-up', by: 'ip', limit: 20, window: '1h', setting: 'SIGNUP_RATE_LIMIT_PER_HOUR' },
  },
})
