import type { PortAdapter } from './adapter.ts'

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

/** Hands mail to a provider. Resolves when the provider has accepted it; rejects when it may be tried again. */
export interface Mailer extends PortAdapter {
  send(message: MailMessage): Promise<void>
}
