import { checkNotification } from './notification.ts'
import { type Notification, type Notifier, NotifierErrors } from './notifier.ts'

export interface MemoryNotifierOptions {
  /** @default every name is a channel */
  readonly channels?: readonly string[]
}

/** A notifier whose notifications can be read, for tests. */
export interface MemoryNotifier extends Notifier {
  /** What was accepted, oldest first. */
  readonly sent: readonly Notification[]
  /** Makes every `send` reject with `notifier/unavailable`, until called with false. */
  failing(failing: boolean): void
}

export function memoryNotifier({ channels }: MemoryNotifierOptions = {}): MemoryNotifier {
  const sent = new Map<string, Notification>()
  let fails = false
  return {
    adapter: {
      name: 'memory',
      standIn: { setting: 'notifier', fix: 'Give createStack a notifier that reaches people.' },
    },
    get sent() {
      return [...sent.values()]
    },
    failing: (failing) => {
      fails = failing
    },
    send: async (notification) => {
      checkNotification(notification)
      if (channels && !channels.includes(notification.channel))
        throw NotifierErrors.refused({ detail: 'There is no channel of this name.' })
      if (fails) throw NotifierErrors.unavailable()
      if (!sent.has(notification.id)) sent.set(notification.id, { ...notification })
    },
    check: async () => {},
  }
}
