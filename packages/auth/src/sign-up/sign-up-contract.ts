import { anyone, created, defineContract, json } from '@corbel/core'
import { Registration, SignUp } from './sign-up.ts'

export const signUpContract = defineContract('sign-up', '/api/v1/auth', {
  register: {
    method: 'POST',
    path: '/register',
    access: anyone,
    summary: 'Create an account and its tenant',
    description:
      'An address that already has an account gets the same answer, with ids that lead nowhere, and a mail that says so. Sign in with POST /api/v1/auth/token.',
    body: json(SignUp),
    success: created(Registration),
    rateLimit: { name: 'sign-up', by: 'ip', limit: 20, window: '1h', setting: 'SIGNUP_RATE_LIMIT_PER_HOUR' },
  },
})
