import { createHash } from 'node:crypto'
import {
  checkMessage,
  type MailMessage,
  type Mailer,
  MailerErrors,
  unsubscribeHeaders,
} from '@corbel/core/ports'
import type { Transporter } from 'nodemailer'
import { onceEach } from '../recent-ids.ts'

export interface SmtpMailerOptions {
  /**
   * Yours, from `createTransport`; `close()` it yourself. nodemailer waits 2 minutes for a connection and 10 for an answer
   * unless told otherwise, and an attempt that was given up keeps its connection for that long: set `connectionTimeout`,
   * `greetingTimeout` and `socketTimeout` to about `timeoutMs`.
   */
  readonly transport: Pick<Transporter, 'sendMail' | 'verify'>
  /** The sender's address, such as `no-reply@example.com`. */
  readonly from: string
  /** The name shown beside it. */
  readonly fromName?: string
  /** Milliseconds after which an attempt counts as failed. @default 15000 */
  readonly timeoutMs?: number
}

/**
 * Sends by SMTP. The protocol has no idempotency key: this process sends each of its last 10,000 ids once, and what another
 * process or a later life sends again carries the same Message-ID, by which many mailboxes discard it.
 *
 * @throws `mailer/refused` also when the server refuses the recipient or the content for good (a 5xx answer to `RCPT` or
 * `DATA`).
 */
export function smtpMailer({
  transport,
  from,
  fromName = '',
  timeoutMs = 15_000,
}: SmtpMailerOptions): Mailer {
  checkMessage({ id: fromName, to: from, subject: '', text: '', links: [] })
  const domain = from.slice(from.lastIndexOf('@') + 1)
  const once = onceEach()

  const deliver = async (message: MailMessage, messageId: string): Promise<void> => {
    const { to, subject, text, html } = message
    try {
      await transport.sendMail({
        from: { name: fromName, address: from },
        to: { name: '', address: to },
        envelope: { from, to: [to] },
        messageId,
        subject,
        text,
        ...(html !== undefined && { html }),
        // RFC 3834 §5: nobody's holiday message is to answer.
        headers: { 'Auto-Submitted': 'auto-generated', ...unsubscribeHeaders(message) },
        disableFileAccess: true,
        disableUrlAccess: true,
      })
    } catch (error) {
      throw toMailerError(error)
    }
  }

  return {
    adapter: { name: 'smtp' },
    send: async (message) => {
      checkMessage(message)
      const messageId = `<${createHash('sha256').update(message.id).digest('hex')}@${domain}>`
      await within(
        timeoutMs,
        once(messageId, () => deliver(message, messageId)),
      )
    },
    check: async () => {
      try {
        await within(timeoutMs, transport.verify())
      } catch (error) {
        throw toMailerError(error)
      }
    },
  }
}

/** What the server will say again to the same message; a refused login or sender is the operator's to correct. */
function isFinal(error: unknown): boolean {
  const { responseCode, command } = Object(error) as {
    readonly responseCode?: unknown
    readonly command?: unknown
  }
  return (
    typeof responseCode === 'number' && responseCode >= 500 && (command === 'RCPT TO' || command === 'DATA')
  )
}

function toMailerError(error: unknown): Error {
  const known: Error = isFinal(error)
    ? MailerErrors.refused(
        { detail: 'The mail server refuses the recipient or the message.' },
        { cause: error },
      )
    : MailerErrors.unavailable({ retryAfter: 30 }, { cause: error })
  return error instanceof Error && error.name === 'DomainError' ? error : known
}

async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const cause = new Error(`The mail server did not answer within ${timeoutMs} ms.`)
      reject(MailerErrors.unavailable({ retryAfter: 30 }, { cause }))
    }, timeoutMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
