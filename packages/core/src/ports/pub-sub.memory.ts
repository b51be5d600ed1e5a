import type { PubSub, Subscriber } from './pub-sub.ts'

/** Tells subscribers within the process: other processes hear nothing. There is no connection to lose, so no gap. */
export function memoryPubSub(): PubSub & {
  /** Topics with a subscriber now. */
  readonly size: number
} {
  const topics = new Map<string, Set<Subscriber>>()

  return {
    adapter: {
      name: 'memory',
      standIn: {
        setting: 'REDIS_URL',
        fix: 'Set REDIS_URL, so that every process hears what others publish.',
      },
    },
    get size() {
      return topics.size
    },
    publish: async (topic, message) => {
      // Those of now: one that subscribes while the message is under way came too late for it.
      const subscribers = [...(topics.get(topic) ?? [])]
      // Not within the caller's turn, so that one who publishes in answer to a message does not overtake it.
      queueMicrotask(() => {
        for (const subscriber of subscribers)
          if (topics.get(topic)?.has(subscriber)) deliver(subscriber, message)
      })
    },
    subscribe: async (topic, subscriber) => {
      // A copy of its own, so that the same subscriber given twice counts as two.
      const own: Subscriber = {
        onMessage: (message) => subscriber.onMessage(message),
        onGap: () => subscriber.onGap(),
      }
      topics.set(topic, (topics.get(topic) ?? new Set()).add(own))
      return async () => {
        const rest = topics.get(topic)
        if (rest?.delete(own) && rest.size === 0) topics.delete(topic)
      }
    },
    check: async () => {},
  }
}

function deliver(subscriber: Subscriber, message: string): void {
  try {
    subscriber.onMessage(message)
  } catch {
    // Its own fault, and nobody here could mend it.
  }
}
