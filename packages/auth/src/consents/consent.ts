import * as z from 'zod'

export const ConsentPolicy = z.enum(['terms', 'privacy'])
export type ConsentPolicy = z.infer<typeof ConsentPolicy>

/** The present version of each policy. */
export type PolicyVersions = Readonly<Record<ConsentPolicy, string>>

export const GiveConsent = z.strictObject({
  policy: ConsentPolicy,
  /** The version that was shown; it must be the present one. */
  version: z.string().min(1).max(32),
})
export type GiveConsent = z.infer<typeof GiveConsent>

export const Consent = z.object({
  policy: ConsentPolicy,
  version: z.string(),
  acceptedAt: z.iso.datetime(),
  ipPrefix: z.string().nullable(),
  userAgent: z.string().nullable(),
})
export type Consent = z.infer<typeof Consent>

/** The ledger of a user, oldest first, and what they have yet to accept. */
export const ConsentOverview = z.object({
  data: z.array(Consent),
  outstanding: z.array(z.object({ policy: ConsentPolicy, version: z.string() })),
})
export type ConsentOverview = z.infer<typeof ConsentOverview>
