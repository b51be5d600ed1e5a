import { text } from '@corbel/core'
import * as z from 'zod'
import { TotpCode } from '../factors/factor.ts'
import { AuthenticationResponse } from '../passkeys/passkey.ts'
import { Tokens } from '../sessions/session.ts'

const challengeToken = z.string().min(1).max(200)

/** Answers a challenge with an enrolled factor, or with a code of the one that was just enrolled with it. */
export const ChallengeAnswer = z.discriminatedUnion('method', [
  z.strictObject({ method: z.literal('totp'), challengeToken, code: TotpCode }),
  z.strictObject({ method: z.literal('recovery'), challengeToken, code: z.string().min(1).max(64) }),
  z.strictObject({ method: z.literal('passkey'), challengeToken, response: AuthenticationResponse }),
])
export type ChallengeAnswer = z.infer<typeof ChallengeAnswer>

export const CompletedSignIn = Tokens.extend({
  /** Shown once, when the sign-in enrolled the first factor. */
  recoveryCodes: z.array(z.string()).optional(),
})
export type CompletedSignIn = z.infer<typeof CompletedSignIn>

export const ChallengeEnrollment = z.strictObject({ challengeToken, label: text({ max: 64 }).optional() })
export type ChallengeEnrollment = z.infer<typeof ChallengeEnrollment>
