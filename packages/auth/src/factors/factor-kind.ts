import * as z from 'zod'

/** Kinds of second factor that a user can enrol, in alphabetical order. */
export const FactorKind = z.enum(['passkey', 'totp'])
export type FactorKind = z.infer<typeof FactorKind>

/** What a second step may be made with. */
export const FactorMethod = z.enum([...FactorKind.options, 'recovery'])
export type FactorMethod = z.infer<typeof FactorMethod>
