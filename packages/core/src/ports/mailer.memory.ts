import { checkMessage } from './mail-message.ts'
import { type MailMessage, type Mailer, MailerErrors } from './mailer.ts'

/** A mailer whose mail can be read, for tests. */
export interface MemoryMailer extends Mailer {
  /** What was accepted, oldest first. */
  readonly sent: readonly MailMessage[]
  /** Makes every `send` reject with `mailer/unavailable`, until called with false. */
  failing(failing: boolean): void
}

export function memoryMailer(): MemoryMailer {
  const sent = new Map<string, MailMessage>()
  let fails = false
  return {
    adapter: {
      name: 'memory',
      standIn: { setting: 'RESEND_API_KEY', fix: 'Set RESEND_API_KEY, so that mail reaches people.' },
    },
    get sent() {
      return [...sent.values()]
    },
    failing: (failing) => {
      fails = failing
    },
    send: async (message) => {
      checkMessage(message)
      if (fails) throw MailerErrors.unavailable()
      if (!sent.has(message.id)) sent.set(message.id, message)
    },
    check: async () => {},
  }
}
