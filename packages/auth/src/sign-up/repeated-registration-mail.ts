import type { MailMessage } from '@corbel/core/ports'
import { htmlMail } from '../mail-html.ts'

export interface RepeatedRegistration {
  readonly id: string
  readonly to: string
  readonly appName: string
  readonly publicUrl: string
}

/** Says to the owner of an account that its address was registered again. */
export function repeatedRegistrationMail({ id, to, appName, publicUrl }: RepeatedRegistration): MailMessage {
  const paragraphs = [
    `Somebody, probably you, tried to create an account at ${appName} with this address. It has one already, and nothing was changed.`,
    'To sign in with it, go to',
    publicUrl,
    'If it was not you, there is nothing to do.',
  ]
  return {
    id,
    to,
    subject: `You already have an account at ${appName}`,
    text: `${paragraphs.join('\n\n')}\n`,
    html: htmlMail(paragraphs),
    links: [publicUrl],
  }
}
