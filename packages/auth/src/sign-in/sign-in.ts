import { type AssuranceLevel, email, idSchema, type Origin } from '@corbel/core'
import * as z from 'zod'
import { FactorKind, FactorMethod } from '../factors/factor-kind.ts'
import type { Tokens } from '../sessions/session.ts'
import { TypedPassword } from '../users/user.ts'

export const SignIn = z.strictObject({
  email,
  password: TypedPassword,
  /** The tenant to sign in to. Without it: the one joined first. */
  tenantId: idSchema('ten').optional(),
})
export type SignIn = z.infer<typeof SignIn>

/** The first factor was right, and a second one is asked for. */
export const SignInChallenge = z.object({
  /** For `POST /api/v1/auth/mfa/complete`. */
  challengeToken: z.string(),
  /** Seconds. */
  expiresIn: z.int(),
  /** Any of them completes the sign-in. Empty: the tenant asks for a second factor and none is enrolled. */
  methods: z.array(FactorMethod),
  /** What `POST /api/v1/auth/mfa/enroll` can enrol now; empty when a factor is enrolled. */
  enroll: z.array(FactorKind),
})
export type SignInChallenge = z.infer<typeof SignInChallenge>

export type SignInOutcome =
  | { readonly status: 'signed-in'; readonly tokens: Tokens }
  | { readonly status: 'challenged'; readonly challenge: SignInChallenge }

/** What has been proved so far. */
export interface Proof {
  /** Methods (RFC 8176), such as `pwd`. */
  readonly amr: readonly string[]
  /** 2 for one that is two factors in itself, such as a passkey with user verification. */
  readonly aal: AssuranceLevel
  /** When, if it was earlier than now: at somebody else's, who tells of it only now. */
  readonly authenticatedAt?: Date
}

/** Where a sign-in comes from, as far as it can be trusted. */
export type SignInClient = Origin
