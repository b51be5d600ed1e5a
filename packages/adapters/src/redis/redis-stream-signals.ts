import type { Redis } from 'ioredis'
import { bounded, secondConnection } from './redis-client.ts'

/** Signals kept and read in one go: after as many, or more, everybody is woken. */
export const signalCount = 256

const blockMs = 1_000
/** To connect, and for an answer to come beyond the time that was asked for. */
const patienceMs = 1_000
/** Between attempts while Redis fails. */
const retryMs = 200

export interface StreamSignals {
  /** Calls `wake` after each append to the stream, and for nothing whenever an append may have been missed. */
  listen(stream: string, wake: () => void): () => void
  close(): void
}

/**
 * Hears of appends to any number of streams over one connection, which is open while anybody listens. Every append leaves
 * the name of its stream in one list, the stream at `key`, and one blocking read waits for the next.
 */
export function streamSignals(client: Redis, key: string): StreamSignals {
  const listeners = new Map<string, Set<() => void>>()
  let connection: Redis | null = null
  let isRunning = false

  const wakeAll = (): void => {
    for (const wakes of listeners.values()) for (const wake of wakes) wake()
  }

  async function run(own: Redis): Promise<void> {
    const opening = bounded(own, patienceMs)
    const waiting = bounded(own, blockMs + patienceMs)
    const [last] = await opening('XREVRANGE', (client) => client.xrevrange(key, '+', '-', 'COUNT', 1))
    let position = last?.[0] ?? '0-0'
    // What was appended before the position was known has left no signal after it.
    wakeAll()
    const isWanted = (): boolean => connection === own
    while (isWanted()) {
      const reply = await waiting('XREAD', (client) =>
        client.xread('COUNT', signalCount, 'BLOCK', blockMs, 'STREAMS', key, position),
      )
      const signals = reply?.[0]?.[1] ?? []
      position = signals.at(-1)?.[0] ?? position
      // The list keeps no more than these, so others may have been trimmed unread.
      if (signals.length >= signalCount) wakeAll()
      else for (const [, [, stream = '']] of signals) for (const wake of listeners.get(stream) ?? []) wake()
    }
  }

  async function runWhileAnybodyListens(): Promise<void> {
    isRunning = true
    while (listeners.size > 0) {
      const own = secondConnection(client, { protocol: 2, retryStrategy: () => null })
      connection = own
      try {
        await run(own)
      } catch {
        // Whoever is woken reads, and learns from that whether Redis fails.
        wakeAll()
      }
      const failed = connection === own
      hangUp()
      if (failed) await new Promise((resolve) => setTimeout(resolve, retryMs))
    }
    isRunning = false
  }

  function hangUp(): void {
    const own = connection
    connection = null
    own?.disconnect()
  }

  return {
    listen: (stream, wake) => {
      const wakes = listeners.get(stream) ?? new Set()
      listeners.set(stream, wakes.add(wake))
      if (!isRunning) void runWhileAnybodyListens()
      return () => {
        wakes.delete(wake)
        if (wakes.size === 0 && listeners.get(stream) === wakes) listeners.delete(stream)
        if (listeners.size === 0) hangUp()
      }
    },
    close: () => {
      wakeAll()
      listeners.clear()
      hangUp()
    },
  }
}
