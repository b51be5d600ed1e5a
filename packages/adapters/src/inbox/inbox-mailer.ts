import { createHash } from 'node:crypto'
import { access, chmod, constants, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  checkMessage,
  type Clock,
  type Mailer,
  MailerErrors,
  type MailMessage,
  systemClock,
} from '@corbel/core/ports'
import { toEml } from './eml.ts'

export interface InboxMailerOptions {
  /** Made when missing. One process writes to it at a time. */
  readonly directory: string
  /** @default 'Corbel <no-reply@corbel.localhost>' */
  readonly from?: string
  /** @default systemClock */
  readonly clock?: Clock
}

/**
 * Writes mail to a folder instead of sending it: per message one `.eml` for mail programs and, after it, one `.json` with
 * `to`, `subject`, `text`, `links`, `code` and `unsubscribe`. Names sort by age, the newest last.
 */
export function inboxMailer({
  directory,
  from = 'Corbel <no-reply@corbel.localhost>',
  clock = systemClock,
}: InboxMailerOptions): Mailer {
  /** Names, without ending, by the digest of the message's id. */
  let accepted: Map<string, string> | null = null
  let last = ''
  // One after the other, so that two sends of one message see each other and names keep their order.
  let turn: Promise<unknown> = Promise.resolve()

  async function load(): Promise<Map<string, string>> {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    const names = (await readdir(directory)).filter((name) => nameForm.test(name)).toSorted()
    last = names.at(-1)?.replace(/-\w+\.json$/, '') ?? ''
    return new Map(names.map((name) => [nameForm.exec(name)?.[1] ?? '', name.replace(/\.json$/, '')]))
  }

  async function accept(message: MailMessage): Promise<void> {
    accepted ??= await load()
    const digest = createHash('sha256').update(message.id).digest('hex').slice(0, 24)
    if (accepted.has(digest)) return
    const date = clock.now()
    last = nameAfter(last, date)
    const name = `${last}-${digest}`
    await writeWhole(`${name}.eml`, toEml(message, { from, date, messageId: `${digest}@corbel.localhost` }))
    // Written last: who sees it can rely on the other.
    const { to, subject, text, links, code, unsubscribe } = message
    await writeWhole(
      `${name}.json`,
      `${JSON.stringify({ to, subject, text, links, code, unsubscribe }, null, 2)}\n`,
    )
    accepted.set(digest, name)
  }

  async function writeWhole(name: string, text: string): Promise<void> {
    const draft = join(directory, `.${name}.draft`)
    try {
      await writeFile(draft, text, { mode: 0o600 })
      // The mode given above is cut by the umask and does not change a draft that was left behind.
      await chmod(draft, 0o600)
      await rename(draft, join(directory, name))
    } catch (error) {
      await rm(draft, { force: true })
      throw error
    }
  }

  return {
    adapter: {
      name: 'inbox',
      standIn: {
        setting: 'RESEND_EMAIL_ENABLED',
        fix: 'Set RESEND_EMAIL_ENABLED=true, RESEND_API_KEY and RESEND_DEFAULT_FROM, so that mail reaches people.',
      },
    },
    send: async (message) => {
      checkMessage(message)
      const written = turn.then(() => accept(message))
      turn = written.catch(() => {})
      try {
        await written
      } catch (cause) {
        throw MailerErrors.unavailable({}, { cause })
      }
    },
    check: async () => {
      await mkdir(directory, { recursive: true, mode: 0o700 })
      await access(directory, constants.W_OK)
    },
  }
}

const nameForm = /^\d{8}T\d{9}Z-\d{4,}-([\da-f]{24})\.json$/

/** `20260101T120000123Z-0001`: the time, and a number that grows within a millisecond or while the clock is behind. */
function nameAfter(last: string, date: Date): string {
  const time = date.toISOString().replaceAll(/[-:.]/g, '')
  const [lastTime = '', lastNumber = '0'] = last.split('-')
  if (time > lastTime) return `${time}-0001`
  return `${lastTime}-${String(Number(lastNumber) + 1).padStart(4, '0')}`
}
