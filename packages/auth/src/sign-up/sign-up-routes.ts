import { implement, type Route } from '@corbel/core'
import { signUpContract } from './sign-up-contract.ts'
import type { SignUpService } from './sign-up-service.ts'

export const signUpRoutes = (signUps: SignUpService): readonly Route[] =>
  implement(signUpContract, {
    register: ({ body }) => signUps.register(body),
  })
