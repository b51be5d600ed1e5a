import { createHash } from 'node:crypto'
import {
  checkMessage,
  type DomainError,
  type Duration,
  type Mailer,
  MailerErrors,
  milliseconds,
  unsubscribeHeaders,
} from '@corbel/core/ports'
import type { ErrorResponse, Resend } from 'resend'

export interface ResendMailerOptions {
  /** Yours; it stays open. */
  readonly client: Pick<Resend, 'emails'>
  /** Sender such as `Acme <no-reply@acme.example>`, of a domain that is verified at Resend. */
  readonly from: string
  /** The client has no deadline of its own. @default '10s' */
  readonly timeout?: Duration
}

/**
 * Sends through Resend. The message's id becomes the `Idempotency-Key`, which Resend remembers for 24 hours; a message that
 * it accepted under that key with other content counts as accepted.
 */
export function resendMailer({ client, from, timeout = '10s' }: ResendMailerOptions): Mailer {
  const timeoutMs = milliseconds(timeout)
  return {
    adapter: { name: 'resend' },
    send: async (message) => {
      checkMessage(message)
      const { id, to, subject, text, html } = message
      const { error } = await client.emails.send(
        {
          from,
          to,
          subject,
          text,
          ...(html !== undefined && { html }),
          ...(message.unsubscribe !== undefined && { headers: unsubscribeHeaders(message) }),
        },
        { idempotencyKey: idempotencyKey(id), signal: AbortSignal.timeout(timeoutMs) },
      )
      if (error !== null && error.name !== 'invalid_idempotent_request') throw toMailerError(error)
    },
  }
}

/** Resend takes 1 to 256 characters, and a header only ASCII. */
const idempotencyKey = (id: string): string =>
  /^[\x21-\x7e]{1,256}$/.test(id) ? id : createHash('sha256').update(id).digest('hex')

/**
 * Only an answer that blames the message is final. Rate and quota limits, a wrong API key or an unverified domain, a broken
 * network and Resend's own failures can all be over later.
 */
function toMailerError({ name, statusCode, message }: ErrorResponse): DomainError {
  const detail = statusCode === null ? 'Resend did not answer.' : `Resend answered ${statusCode} ${name}.`
  // Resend's text may name the recipient: it is for the log, not for a response.
  const cause = new Error(message)
  const final = statusCode === 400 || statusCode === 413 || statusCode === 422
  return final ? MailerErrors.refused({ detail }, { cause }) : MailerErrors.unavailable({ detail }, { cause })
}
