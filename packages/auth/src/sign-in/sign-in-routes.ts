import { implement, type Route } from '@corbel/core'
import { signInContract } from './sign-in-contract.ts'
import { signInReply } from './sign-in-reply.ts'
import type { SignInService } from './sign-in-service.ts'

export const signInRoutes = (signIns: SignInService): readonly Route[] =>
  implement(signInContract, {
    signIn: async ({ body, client }) => signInReply(await signIns.signIn(body, client)),
  })
