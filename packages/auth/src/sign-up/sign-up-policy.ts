import * as z from 'zod'

export const SignUpPolicyName = z.enum(['public', 'invite_only', 'approval', 'domain'])
export type SignUpPolicyName = z.infer<typeof SignUpPolicyName>

/** What a form needs to know before somebody fills it in. */
export const SignUpPolicy = z.object({
  policy: SignUpPolicyName,
  /** Nobody registers without an invitation; with `domain`, nobody of another domain does, and this is false. */
  inviteRequired: z.boolean(),
  requestAccessEnabled: z.boolean(),
  /** The versions to which `acceptTerms` says yes. */
  termsVersion: z.string(),
  privacyVersion: z.string(),
})
export type SignUpPolicy = z.infer<typeof SignUpPolicy>

/** Whether an address counts only when it is verified: under `domain` it is what lets somebody in. */
export const needsVerifiedEmail = (settings: {
  readonly requireEmailVerification: boolean
  readonly signUpPolicy: SignUpPolicyName
}): boolean => settings.requireEmailVerification || settings.signUpPolicy === 'domain'
