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
  /**
   * Where a POST without a credential ends mails of this kind, for `List-Unsubscribe` and `List-Unsubscribe-Post` (RFC 8058): an
   * absolute https or, on a machine of one's own, http URL of at most 900 characters.
   */
  readonly unsubscribe?: string
}

/**
 * Hands mail to a provider. Resolves when the provider has accepted it, with recipient, subject, text and unsubscribe as they were given.
 *
 * @throws `mailer/refused` when the message can never be sent, such as one whose id, recipient or subject holds a line break,
 * whose recipient is not one address, or whose unsubscribe is no URL.
 * @throws `mailer/unavailable` when it was not accepted and may be tried again.
 */
export interface Mailer extends PortAdapter {
  send(message: MailMessage): Promise<void>
}
