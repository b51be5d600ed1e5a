import type { MailMessage } from '@corbel/core/ports'
import { htmlMail } from '../mail-html.ts'

export interface Verification {
  readonly id: string
  readonly to: string
  readonly token: string
  /** Minutes for which the token works. */
  readonly lifetime: number
  readonly appName: string
  readonly publicUrl: string
}

/** Carries the token that proves that somebody reads the mail of an address. */
export function verificationMail(verification: Verification): MailMessage {
  const { id, to, token, lifetime, appName, publicUrl } = verification
  const link = `${publicUrl}/verify-email?token=${token}`
  const paragraphs = [
    `Please confirm that this is your address, so that ${appName} can be used with it:`,
    link,
    `The link works once, for ${lifetime} minutes. Where a code is asked for, it is`,
    token,
    `If you have not created an account at ${appName}, do not open the link: somebody gave your address by mistake.`,
  ]
  return {
    id,
    to,
    subject: `Confirm your address for ${appName}`,
    text: `${paragraphs.join('\n\n')}\n`,
    html: htmlMail(paragraphs),
    links: [link],
    code: token,
  }
}
