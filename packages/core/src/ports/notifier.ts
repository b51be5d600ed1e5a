import { defineErrors } from '../kernel/errors.ts'
import type { PortAdapter } from './adapter.ts'

export const NotifierErrors = defineErrors('notifier', {
  refused: {
    status: 422,
    title: 'The notification cannot be sent.',
    fix: 'Correct what is wrong with it; sending it again as it is will fail again.',
  },
  unavailable: {
    status: 503,
    title: 'The channel did not accept the notification.',
    fix: 'Send it again later, with the same id.',
  },
})

export type Severity = 'info' | 'warning' | 'critical'

export interface Notification {
  /** Idempotency key, 1 to 200 characters: what was accepted is not sent again where the other side can tell. */
  readonly id: string
  /** Where it goes, by the name that the adapter knows it by; 1 to 200 characters. */
  readonly channel: string
  /** One line of 1 to 200 characters. */
  readonly title: string
  /** Plain text of at most 4,000 characters. Adapters escape it: what looks like markup is text. */
  readonly text: string
  readonly severity: Severity
  /** Where to read on: an absolute https or http URL of at most 2,000 characters. */
  readonly link?: string
  /** Notifications of one thread, such as those of an incident, are shown together where the other side can; 1 to 200 characters. */
  readonly thread?: string
}

/**
 * Sends short messages to people who watch a channel. Resolves when the other side has accepted it, with channel, title,
 * text, severity and link as they were given.
 *
 * @throws `notifier/refused` when the notification can never be sent: an unknown channel, a field outside of its limits, a
 * line break or another control character in id, channel, title or thread, a link that is none.
 * @throws `notifier/unavailable` when it was not accepted and may be tried again.
 */
export interface Notifier extends PortAdapter {
  send(notification: Notification): Promise<void>
}
