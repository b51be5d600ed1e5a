import {
  type Cache,
  checkNotification,
  memoryCache,
  milliseconds,
  type Notification,
  type Notifier,
  NotifierErrors,
  type Secret,
} from '@corbel/core/ports'
import { onceEach } from '../recent-ids.ts'
import { attachmentOf, fallbackOf } from './slack-message.ts'

export interface SlackNotifierOptions {
  /** Of a bot with the scope `chat:write`. */
  readonly token: Secret
  /** Ids of Slack's channels by the names that notifications use, such as the id of a tenant. */
  readonly channels: Readonly<Record<string, string>>
  /** Remembers for 30 days where threads begin; shared by all processes that notify. @default memory */
  readonly threads?: Cache
  /** @default 'https://slack.com/api' */
  readonly baseUrl?: string
  /** Milliseconds. @default 5000 */
  readonly timeoutMs?: number
}

interface SlackAnswer {
  readonly ok: boolean
  readonly error?: string
  readonly ts?: string
}

const threadLifetimeMs = milliseconds('30d')

/** Errors of the message itself: it will never be accepted. Anything else may be put right by the time of the next attempt. */
const final = new Set([
  'msg_too_long',
  'no_text',
  'invalid_blocks',
  'invalid_attachments',
  'too_many_attachments',
])

/**
 * Posts to Slack. The first notification of a thread is a message; those after it are answers to it, and the message shows the
 * newest. Of an id that was accepted by this process lately nothing is sent again: Slack itself cannot tell.
 */
export function slackNotifier(options: SlackNotifierOptions): Notifier {
  const {
    token,
    channels,
    threads = memoryCache(),
    baseUrl = 'https://slack.com/api',
    timeoutMs = 5000,
  } = options
  const once = onceEach()
  const ids = new Map(Object.entries(channels))

  async function call(method: string, body: object): Promise<SlackAnswer> {
    const response = await fetch(`${baseUrl}/${method}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token.reveal()}`,
        'content-type': 'application/json; charset=utf-8',
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((cause: unknown) => {
      throw NotifierErrors.unavailable({ detail: 'Slack did not answer.' }, { cause })
    })
    if (response.status !== 200) {
      await response.body?.cancel()
      const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN)
      throw NotifierErrors.unavailable({
        detail: `Slack answered ${response.status}.`,
        ...(Number.isInteger(retryAfter) && { retryAfter }),
      })
    }
    const answer = (await response.json().catch((cause: unknown) => {
      throw NotifierErrors.unavailable({ detail: 'Slack answered something that is not JSON.' }, { cause })
    })) as SlackAnswer
    if (answer.ok) return answer
    const detail = `Slack answered ${/^[a-z_]{1,60}$/.exec(answer.error ?? '')?.[0] ?? 'an error'}.`
    throw final.has(answer.error ?? '')
      ? NotifierErrors.refused({ detail })
      : NotifierErrors.unavailable({ detail })
  }

  async function post(notification: Notification, channel: string): Promise<void> {
    const message = { channel, text: fallbackOf(notification), attachments: [attachmentOf(notification)] }
    const { thread } = notification
    const key = `slack:thread:${channel}:${thread}`
    const root = thread === undefined ? null : await threads.get(key)
    if (typeof root === 'string') {
      await call('chat.postMessage', { ...message, thread_ts: root, unfurl_links: false })
      await call('chat.update', { ...message, ts: root })
      return
    }
    const { ts } = await call('chat.postMessage', { ...message, unfurl_links: false })
    if (thread !== undefined && ts !== undefined) await threads.set(key, ts, threadLifetimeMs)
  }

  return {
    adapter: { name: 'slack' },
    send: async (notification) => {
      checkNotification(notification)
      const channel = ids.get(notification.channel)
      if (channel === undefined) throw NotifierErrors.refused({ detail: 'There is no channel of this name.' })
      await once(notification.id, () => post(notification, channel))
    },
    check: async () => void (await call('auth.test', {})),
  }
}
