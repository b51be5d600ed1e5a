import { defineMail } from '@corbel/core'

export interface Verification {
  readonly token: string
  /** Minutes for which the token works. */
  readonly lifetime: number
}

/** Carries the token that proves that somebody reads the mail of an address. */
export const verificationMail = defineMail<Verification>({
  name: 'auth.email_verification',
  summary: 'Asks whoever registered an address to prove that they read its mail.',
  sample: { token: 'cev_sample', lifetime: 60 },
  write: ({ token, lifetime }, { appName, publicUrl }) => ({
    subject: `Confirm your address for ${appName}`,
    body: [
      `Please confirm that this is your address, so that ${appName} can be used with it:`,
      { link: `${publicUrl}/verify-email?token=${token}` },
      `The link works once, for ${lifetime} minutes. Where a code is asked for, it is`,
      { code: token },
      `If you have not created an account at ${appName}, do not open the link: somebody gave your address by mistake.`,
    ],
  }),
})
