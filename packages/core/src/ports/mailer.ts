import { defineErrors } from '../kernel/errors.ts'
import type { PortAdapter } from './adapter.ts'

export const MailerErrors = defineErrors('mailer', {
  refused: {
    status: 422,
    title: 'The message cannot be sent.',
    fix: 'Correct what is wrong with it; sending it again as it is will fail again.',
  },
  unavailable: {
    status: 503,
    title: 'The mail provider did not accept the message.',
    fix: 'Send it again later, with the same id.',
  },
})

export interface MailMessage {
  /** Idempotency key: a message with an id that was already accepted is not sent again where the provider can tell. */
  readonly id: string
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html?: string
  /** Links in the text, for the inbox folder and tests. */
  readonly links: readonly string[]
  /** The one-time code in the text, where there is one. */
  readonly code?: string
}

/**
 * Hands mail to a provider. Resolves when the provider has accepted it, with recipient, subject and text as they were given.
 *
 * @throws `mailer/refused` when the message can never be sent, such as one whose id, recipient or subject holds a line break
 * or whose recipient is not one address.
 * @throws `mailer/unavailable` when it was not accepted and may be tried again.
 */
export interface Mailer extends PortAdapter {
  send(message: MailMessage): Promise<void>
}
