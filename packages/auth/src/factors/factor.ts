import { idSchema, text } from '@corbel/core'
import * as z from 'zod'
import type { FactorRepository } from '../ports/factor-repository.ts'
import type { RecoveryCodeRepository } from '../ports/recovery-code-repository.ts'
import { AuthenticationResponse } from '../passkeys/passkey.ts'
import { Tokens } from '../sessions/session.ts'
import type { NonceRepository } from '../ports/nonce-repository.ts'
import type { PasskeyRepository } from '../ports/passkey-repository.ts'
import { MfaPolicy } from './mfa-policy.ts'
import { FactorKind } from './factor-kind.ts'

/** Something beside the password that proves who somebody is. */
export const Factor = z.object({
  id: idSchema('aut'),
  kind: FactorKind,
  label: z.string().nullable(),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
})
export type Factor = z.infer<typeof Factor>

export const FactorOverview = z.object({
  /** Those that are confirmed, oldest first. */
  factors: z.array(Factor),
  /** Recovery codes that can still be used. */
  recoveryCodes: z.int(),
  /** Of the tenant. */
  policy: MfaPolicy,
})
export type FactorOverview = z.infer<typeof FactorOverview>

export const EnrollTotp = z.strictObject({
  /** What the user calls the device. */
  label: text({ max: 64 }).optional(),
})
export type EnrollTotp = z.infer<typeof EnrollTotp>

/** Shown once. The factor counts when a code of it was presented. */
export const TotpEnrollment = z.object({
  id: idSchema('aut'),
  /** Base 32, to type into an authenticator app. */
  secret: z.string(),
  /** The same as `otpauth://`, to show as a QR code. */
  uri: z.string(),
})
export type TotpEnrollment = z.infer<typeof TotpEnrollment>

export const TotpCode = z.string().regex(/^\d{6}$/, 'must be six digits')

export const VerifyTotp = z.strictObject({ id: idSchema('aut'), code: TotpCode })
export type VerifyTotp = z.infer<typeof VerifyTotp>

/** Shown once. */
export const RecoveryCodeList = z.object({ recoveryCodes: z.array(z.string()) })
export type RecoveryCodeList = z.infer<typeof RecoveryCodeList>

export const VerifiedTotp = z.object({
  factorId: idSchema('aut'),
  /** Shown once, and only with the first factor; empty otherwise. */
  recoveryCodes: z.array(z.string()),
  /** In place of those of the session, which is one of two factors now. */
  tokens: Tokens,
})
export type VerifiedTotp = z.infer<typeof VerifiedTotp>

/** A code or a signature as presented. */
export const PresentedFactor = z.discriminatedUnion('method', [
  z.strictObject({ method: z.literal('totp'), code: TotpCode }),
  z.strictObject({ method: z.literal('recovery'), code: z.string().min(1).max(64) }),
  z.strictObject({ method: z.literal('passkey'), response: AuthenticationResponse }),
])
export type PresentedFactor = z.infer<typeof PresentedFactor>

/**
 * What a right code is worth. To be claimed in the transaction that acts on it: false when somebody else was faster, and then
 * nothing may change.
 */
export type FactorClaim = (scope: {
  readonly factors: FactorRepository
  readonly recoveryCodes: RecoveryCodeRepository
  readonly passkeys: PasskeyRepository
  readonly nonces: NonceRepository
}) => Promise<boolean>
