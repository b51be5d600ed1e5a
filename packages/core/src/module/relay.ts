import type { Clock } from '../kernel/clock.ts'
import { addMilliseconds } from '../kernel/duration.ts'
import type { Logger } from '../ports/logger.ts'
import type { Counter, Meter } from '../ports/meter.ts'
import type { Outbox, OutboxEntry } from '../ports/outbox.ts'
import { CoreMetrics } from './core-metrics.ts'
import type { EventHandler } from './define-events.ts'
import { Loop } from './loop.ts'

export interface RelayOptions {
  readonly outbox: Outbox
  readonly handlers: readonly EventHandler[]
  readonly clock: Clock
  readonly logger: Logger
  readonly meter: Meter
  /** Called when events have been handled. */
  readonly settled?: () => void
}

// A round trip to the database costs as much as ten deliveries.
const batchSize = 64
// Longer than the slowest handler's own deadline (10 s for a mail), so that a live delivery is not taken over.
const leaseMs = 30_000
const idleMs = 500
// 12 attempts with the delays below span about 2 hours.
const mostAttempts = 12
const firstDelayMs = 1_000
const longestDelayMs = 30 * 60_000

/** Tells committed events to their handlers: at least once each, any number of relays side by side. */
export class Relay {
  readonly #options: RelayOptions
  readonly #handlers: ReadonlyMap<string, readonly EventHandler[]>
  readonly #loop: Loop
  readonly #deliveries: Counter

  constructor(options: RelayOptions) {
    this.#options = options
    this.#handlers = Map.groupBy(options.handlers, ({ type }) => type)
    this.#deliveries = options.meter.counter(CoreMetrics.outboxDeliveries)
    this.#loop = new Loop(() => this.#turn())
  }

  start(): void {
    this.#loop.start()
  }

  /** Looks for events now instead of at the next poll. */
  wake(): void {
    this.#loop.wake()
  }

  /** Resolves when the deliveries under way have ended. */
  stop(): Promise<void> {
    return this.#loop.stop()
  }

  /** Delivers what is due and returns how many entries that were. */
  async deliverDue(): Promise<number> {
    const { outbox } = this.#options
    const entries = await outbox.claim({ limit: batchSize, leaseMs })
    const delivered = await Promise.all(entries.map((entry) => this.#deliver(entry)))
    const settled = entries.filter((_, index) => delivered[index]).map(({ id }) => id)
    if (settled.length > 0) {
      await outbox.settle(settled)
      this.#options.settled?.()
    }
    return entries.length
  }

  async #turn(): Promise<number> {
    try {
      return (await this.deliverDue()) === batchSize ? 0 : idleMs
    } catch (error) {
      this.#options.logger.error('The outbox could not be read.', { error })
      return firstDelayMs
    }
  }

  async #deliver(entry: OutboxEntry): Promise<boolean> {
    try {
      for (const handler of this.#handlers.get(entry.type) ?? []) await handler.handle(entry)
      this.#deliveries.add({ event: entry.type, outcome: 'delivered' })
      return true
    } catch (error) {
      await this.#defer(entry, error)
      return false
    }
  }

  async #defer(entry: OutboxEntry, error: unknown): Promise<void> {
    const { outbox, clock, logger } = this.#options
    const dead = entry.attempts >= mostAttempts
    // Full jitter: retries of events that failed together must not come back together.
    const delay = Math.random() * Math.min(longestDelayMs, firstDelayMs * 2 ** entry.attempts)
    const retryAt = dead ? null : addMilliseconds(clock.now(), delay)
    this.#deliveries.add({ event: entry.type, outcome: dead ? 'dead' : 'failed' })
    logger.warn(dead ? 'An event was given up.' : 'An event will be delivered again.', {
      eventId: entry.id,
      event: entry.type,
      attempts: entry.attempts,
      retryAt,
      error,
    })
    await outbox.defer(entry.id, { retryAt, error: error instanceof Error ? error.name : 'unknown' })
  }
}
