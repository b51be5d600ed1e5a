import {
  anyone,
  defineContract,
  empty,
  fresh,
  idSchema,
  json,
  ok,
  operator,
  pageOf,
  PageErrors,
} from '@corbel/core'
import * as z from 'zod'
import { AuthErrors } from '../auth-errors.ts'
import {
  RejectSignUpRequest,
  RequestAccess,
  SignUpRequest,
  SignUpRequestListQuery,
} from './sign-up-request.ts'

const params = z.object({ id: idSchema('sur') })

export const signUpRequestContract = defineContract('sign-up-requests', '/api/v1/auth', {
  submit: {
    method: 'POST',
    path: '/request-access',
    access: anyone,
    summary: 'Ask to be let in',
    description:
      'For the sign-up policy approval. Answers the same whether or not the address has an account, an invitation or a request already. website is a field that the form hides from people: whoever fills it is not heard.',
    body: json(RequestAccess),
    success: empty(202),
    errors: [AuthErrors.accessNotRequested, AuthErrors.emailDomainRefused, AuthErrors.tooManySignUps],
    rateLimit: {
      name: 'request-access',
      by: 'ip',
      limit: 20,
      window: '1h',
      setting: 'SIGNUP_RATE_LIMIT_PER_HOUR',
    },
    idempotent: false,
  },
  list: {
    method: 'GET',
    path: '/signup-requests',
    access: operator(),
    summary: 'List those who asked to be let in, newest first',
    query: SignUpRequestListQuery,
    success: ok(pageOf(SignUpRequest)),
    errors: [PageErrors.invalidCursor],
  },
  approve: {
    method: 'POST',
    path: '/signup-requests/{id}/approve',
    access: operator(fresh),
    summary: 'Let somebody in: they are mailed an invitation',
    params,
    success: ok(SignUpRequest),
    errors: [AuthErrors.signUpRequestNotFound, AuthErrors.signUpRequestDecided, AuthErrors.addressInvited],
  },
  reject: {
    method: 'POST',
    path: '/signup-requests/{id}/reject',
    access: operator(),
    summary: 'Turn somebody down, with a reason that they are not told',
    params,
    body: json(RejectSignUpRequest),
    success: ok(SignUpRequest),
    errors: [AuthErrors.signUpRequestNotFound, AuthErrors.signUpRequestDecided],
  },
})
