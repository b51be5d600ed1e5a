import type { MailMessage, Mailer } from './mailer.ts'

/** A mailer whose mail can be read, for tests. */
export interface MemoryMailer extends Mailer {
  /** What was accepted, oldest first. */
  readonly sent: readonly MailMessage[]
  /** Makes every `send` reject with `error`, until called with null. */
  refuse(error: Error | null): void
}

export function memoryMailer(): MemoryMailer {
  const sent = new Map<string, MailMessage>()
  let refusal: Error | null = null
  return {
    adapter: {
      name: 'memory',
      standIn: { setting: 'RESEND_API_KEY', fix: 'Set RESEND_API_KEY, so that mail reaches people.' },
    },
    get sent() {
      return [...sent.values()]
    },
    refuse: (error) => {
      refusal = error
    },
    send: async (message) => {
      if (refusal !== null) throw refusal
      if (!sent.has(message.id)) sent.set(message.id, message)
    },
    check: async () => {},
  }
}
