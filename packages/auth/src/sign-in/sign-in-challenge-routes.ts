import { implement, type Route } from '@corbel/core'
import { signInChallengeContract } from './sign-in-challenge-contract.ts'
import type { SignInChallengeService } from './sign-in-challenge-service.ts'

export const signInChallengeRoutes = (challenges: SignInChallengeService): readonly Route[] =>
  implement(signInChallengeContract, {
    complete: ({ body, client }) => challenges.complete(body, client),
    enroll: ({ body, client }) => challenges.enroll(body, client),
  })
