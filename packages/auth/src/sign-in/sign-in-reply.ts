import { type Alternative, alternative } from '@corbel/core'
import type { Tokens } from '../sessions/session.ts'
import type { SignInChallenge, SignInOutcome } from './sign-in.ts'

/** 200 with tokens, or 202 with a challenge: the answer of every sign-in path. */
export const signInReply = (outcome: SignInOutcome): Tokens | Alternative<SignInChallenge> =>
  outcome.status === 'signed-in' ? outcome.tokens : alternative(202, outcome.challenge)
