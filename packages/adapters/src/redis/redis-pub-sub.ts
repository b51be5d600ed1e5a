import type { PubSub, Subscriber } from '@corbel/core/ports'
import type { Redis } from 'ioredis'
import { checkAnswers } from './redis-check.ts'
import {
  bounded,
  type Command,
  defaultDeadlineMs,
  defaultPrefix,
  type RedisAdapterOptions,
  secondConnection,
} from './redis-client.ts'

export interface RedisPubSubOptions extends RedisAdapterOptions {
  /** Milliseconds between two proofs that the listening connection is alive: a frozen one looks like silence. @default 15000 */
  readonly heartbeatMs?: number
}

interface Topic {
  readonly subscribers: Set<Subscriber>
  /** Settles when Redis has answered the first SUBSCRIBE. */
  readonly active: Promise<void>
}

/**
 * Topics that all processes share. While Redis fails `publish` and `subscribe` throw, and subscriptions that are active find
 * their way back by themselves. All of them share one connection, opened by the first and held until `close`.
 */
export function redisPubSub({
  client,
  prefix = defaultPrefix,
  deadlineMs = defaultDeadlineMs,
  heartbeatMs = 15_000,
}: RedisPubSubOptions): PubSub {
  const command = bounded(client, deadlineMs)
  const channelOf = (topic: string): string => `${prefix}:topic:${topic}`
  const topics = new Map<string, Topic>()
  let listening: { readonly connection: Redis; readonly command: Command; readonly stop: () => void } | null =
    null

  function listen() {
    const connection = secondConnection(client, {
      // ioredis prefixes the channels it subscribes to, but not those of the messages.
      keyPrefix: '',
      maxRetriesPerRequest: null,
      retryStrategy: (times) => Math.min(2 ** times * 25, 2_000),
    })
    const own = bounded(connection, deadlineMs)
    let isFirst = true
    connection.on('message', (channel: string, message: string) => {
      for (const subscriber of topics.get(channel)?.subscribers ?? [])
        quietly(() => subscriber.onMessage(message))
    })
    connection.on('ready', () => {
      if (!isFirst) void resume(connection, own)
      isFirst = false
    })
    const stopHeartbeat = every(heartbeatMs, async () => {
      if (connection.status !== 'ready') return
      await own('PING', (client) => client.ping()).catch(() => connection.disconnect(true))
    })
    const stop = (): void => {
      stopHeartbeat()
      connection.disconnect()
    }
    return { connection, command: own, stop }
  }

  async function resume(connection: Redis, own: Command): Promise<void> {
    const channels = [...topics.keys()]
    if (channels.length === 0) return
    try {
      await own('SUBSCRIBE', (client) => client.subscribe(...channels))
    } catch {
      connection.disconnect(true)
      return
    }
    for (const channel of channels) {
      for (const subscriber of topics.get(channel)?.subscribers ?? []) quietly(() => subscriber.onGap())
    }
  }

  async function activate(channel: string): Promise<void> {
    listening ??= listen()
    await listening.command('SUBSCRIBE', (client) => client.subscribe(channel))
  }

  function leave(channel: string, topic: Topic, subscriber: Subscriber): void {
    if (!topic.subscribers.delete(subscriber) || topic.subscribers.size > 0) return
    if (topics.get(channel) !== topic) return
    topics.delete(channel)
    // On a lost connection there is nothing to undo; on this one a later SUBSCRIBE follows after it.
    if (listening?.connection.status === 'ready') listening.connection.unsubscribe(channel).catch(() => {})
  }

  return {
    adapter: { name: 'redis' },
    publish: async (topic, message) => {
      await command('PUBLISH', (client) => client.publish(channelOf(topic), message))
    },
    subscribe: async (name, given) => {
      const channel = channelOf(name)
      // A copy of its own, so that the same subscriber given twice counts as two.
      const subscriber: Subscriber = {
        onMessage: (message) => given.onMessage(message),
        onGap: () => given.onGap(),
      }
      const topic = topics.get(channel) ?? { subscribers: new Set(), active: activate(channel) }
      topics.set(channel, topic)
      topic.subscribers.add(subscriber)
      const unsubscribe = async (): Promise<void> => leave(channel, topic, subscriber)
      try {
        await topic.active
      } catch (error) {
        await unsubscribe()
        throw error
      }
      return unsubscribe
    },
    check: () => checkAnswers(command),
    /** Ends every subscription. */
    close: async () => {
      topics.clear()
      listening?.stop()
      listening = null
    },
  }
}

function quietly(tell: () => void): void {
  try {
    tell()
  } catch {
    // Its own fault, and nobody here could mend it.
  }
}

/** Runs `work` over and over, a pause after each, without keeping the process alive for it. */
function every(ms: number, work: () => Promise<void>): () => void {
  let isOver = false
  let timer = setTimeout(run, ms).unref()
  async function run(): Promise<void> {
    await work()
    if (!isOver) timer = setTimeout(run, ms).unref()
  }
  return () => {
    isOver = true
    clearTimeout(timer)
  }
}
