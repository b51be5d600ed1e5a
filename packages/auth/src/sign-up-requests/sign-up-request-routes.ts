import { implement, type Route } from '@corbel/core'
import { signUpRequestContract } from './sign-up-request-contract.ts'
import type { SignUpRequestService } from './sign-up-request-service.ts'

export const signUpRequestRoutes = (requests: SignUpRequestService): readonly Route[] =>
  implement(signUpRequestContract, {
    submit: ({ body, client }) => requests.submit(body, client),
    list: ({ query }) => requests.list(query),
    approve: ({ principal, params, client }) => requests.approve(principal, params.id, client),
    reject: ({ principal, params, body, client }) => requests.reject(principal, params.id, body, client),
  })
