import { setTimeout as delay } from 'node:timers/promises'
import type { RunningServer } from './server.ts'

export interface Draining {
  /** Turns readiness off. */
  drain(): void
  /** Sends the readers of event streams elsewhere. */
  endStreams(): void
}

export interface StopOptions {
  /** For which requests are still accepted after readiness is off: load balancers look every few seconds. */
  readonly delayMs: number
  /** Longest time that requests under way may still take, in milliseconds. */
  readonly limitMs: number
}

// Longer than a connection that is in use lies idle. What a machine's own user stops need not wait for it.
const longestQuietMs = 500

/** Stops serving so that no request fails: tells load balancers first, then refuses connections, then waits for the last answer. */
export async function stopServing(
  stack: Draining,
  server: RunningServer,
  { delayMs, limitMs }: StopOptions,
): Promise<void> {
  stack.drain()
  if (delayMs > 0) await delay(delayMs)
  const closed = server.close({ limitMs, quietMs: Math.min(longestQuietMs, delayMs) })
  // Not before: readers come back at once, and are to find another process.
  stack.endStreams()
  await closed
}
