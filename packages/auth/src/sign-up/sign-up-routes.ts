import { implement, type Route } from '@corbel/core'
import { signUpContract } from './sign-up-contract.ts'
import type { SignUpService } from './sign-up-service.ts'

export const signUpRoutes = (signUps: SignUpService): readonly Route[] =>
  implement(signUpContract, {
    policy: async () => signUps.policy,
    register: ({ body, client }) => signUps.register(body, client),
  })
