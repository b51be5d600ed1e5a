import type { Clock } from '../kernel/clock.ts'
import { addMilliseconds, before } from '../kernel/duration.ts'
import { DomainError } from '../kernel/errors.ts'
import type { ClaimedDelivery, DeliveryStore } from '../ports/delivery-store.ts'
import type { Logger } from '../ports/logger.ts'
import type { Counter, Meter } from '../ports/meter.ts'
import { CoreMetrics } from './core-metrics.ts'
import type { EventHandler } from './define-events.ts'
import type { Delivery, DeliveryRoute } from './delivery-route.ts'
import { Loop } from './loop.ts'
import { later } from './timer.ts'

export interface DispatcherOptions {
  readonly deliveries: DeliveryStore
  readonly routes: readonly DeliveryRoute[]
  readonly clock: Clock
  readonly logger: Logger
  readonly meter: Meter
}

// Recipients that hang for 10 s each keep three of these a second busy.
const mostAtOnce = 32
const leaseMs = 30_000
/** Before the lease ends, so that two never tell one recipient at a time. */
const limitMs = 25_000
const idleMs = 500
// 12 attempts with the delays below span about an hour and a half on average, at most three.
const mostAttempts = 12
const firstDelayMs = 1_000
const longestDelayMs = 30 * 60_000
const longestResult = 200

/** Tells recipients what is recorded for them. Any number of dispatchers side by side. */
export class Dispatcher {
  readonly #options: DispatcherOptions
  readonly #routes: ReadonlyMap<string, DeliveryRoute>
  readonly #loop: Loop
  readonly #ended: Counter
  readonly #underWay = new Set<Promise<void>>()
  #hasPlanned = false

  /** @throws Error when two routes have one name. */
  constructor(options: DispatcherOptions) {
    this.#options = options
    const routes = new Map<string, DeliveryRoute>()
    for (const route of options.routes) {
      if (routes.has(route.name))
        throw new Error(`Two delivery routes are called "${route.name}". Give one of the two another name.`)
      routes.set(route.name, route)
    }
    this.#routes = routes
    this.#ended = options.meter.counter(CoreMetrics.deliveries)
    this.#loop = new Loop(() => this.#turn())
  }

  /** What the relay is to do for the routes: it plans deliveries, and sends nothing. */
  handlers(): readonly EventHandler[] {
    const { deliveries } = this.#options
    return [...this.#routes.values()].flatMap((route) =>
      route.events.map((type) => ({
        type,
        handle: async (event) => {
          const recipients = await route.recipients(event)
          if (recipients.length === 0) return
          await deliveries.record([{ route: route.name, recipients, event }])
          this.#hasPlanned = true
        },
      })),
    )
  }

  start(): void {
    this.#loop.start()
  }

  /** Looks for deliveries now instead of at the next poll, if any were planned since it last did. */
  wake(): void {
    if (!this.#hasPlanned) return
    this.#hasPlanned = false
    this.#loop.wake()
  }

  /** Resolves when the deliveries under way have ended. */
  async stop(): Promise<void> {
    await this.#loop.stop()
    await Promise.all(this.#underWay)
  }

  /** Sends what is due, lane by lane until nothing is, and returns how many attempts that were. */
  async deliverDue(): Promise<number> {
    for (let sent = 0; ;) {
      const claimed = await this.#options.deliveries.claim({ limit: mostAtOnce, leaseMs })
      if (claimed.length === 0) return sent
      await Promise.all(claimed.map((delivery) => this.#attempt(delivery)))
      sent += claimed.length
    }
  }

  /** Forgets deliveries that ended more than 30 days ago; returns how many. */
  purge(): Promise<number> {
    const { deliveries, clock } = this.#options
    return deliveries.purge(before(clock.now(), '30d'))
  }

  async #turn(): Promise<number> {
    const free = mostAtOnce - this.#underWay.size
    // The next that ends wakes the loop.
    if (free === 0) return idleMs
    try {
      const claimed = await this.#options.deliveries.claim({ limit: free, leaseMs })
      for (const delivery of claimed) {
        const attempt = this.#attempt(delivery).finally(() => {
          this.#underWay.delete(attempt)
          this.#loop.wake()
        })
        this.#underWay.add(attempt)
      }
      return idleMs
    } catch (error) {
      this.#options.logger.error('The deliveries could not be read.', { error })
      return firstDelayMs
    }
  }

  /** Never rejects: what could not be noted is done again when its lease has run out. */
  async #attempt(claimed: ClaimedDelivery): Promise<void> {
    const { deliveries, logger } = this.#options
    const { id, route, event, recipient, attempts } = claimed
    const limit = new AbortController()
    const cancel = later(limitMs, () => limit.abort(new Error('The time of the attempt is up.')))
    try {
      const delivery: Delivery = { event, recipient, attempts, signal: limit.signal }
      const found = this.#routes.get(route)
      // Left over by a process that died with its last attempt.
      if (attempts > mostAttempts) return await this.#giveUp(claimed, delivery, 'no answer was noted')
      if (!found) return await this.#failed(claimed, delivery, new Error(`There is no route "${route}".`))
      let result: string
      try {
        result = await within(limit.signal, found.send(delivery))
      } catch (error) {
        return await this.#failed(claimed, delivery, error)
      }
      await deliveries.settle(claimed, { status: 'delivered', result: result.slice(0, longestResult) })
      this.#ended.add({ route, outcome: 'delivered' })
    } catch (error) {
      logger.error('What became of a delivery could not be noted.', { deliveryId: id, route, error })
    } finally {
      cancel()
    }
  }

  async #failed(claimed: ClaimedDelivery, delivery: Delivery, error: unknown): Promise<void> {
    const { deliveries, clock, logger } = this.#options
    const { id, route, event, attempts } = claimed
    const result = resultOf(error)
    const isFinal = error instanceof DomainError && error.status === 422
    if (isFinal || attempts >= mostAttempts) return this.#giveUp(claimed, delivery, result, error)
    // Full jitter: what failed together must not come back together.
    const jitter = Math.random() * Math.min(longestDelayMs, firstDelayMs * 2 ** attempts)
    const asked = error instanceof DomainError ? (error.details.retryAfter ?? 0) * 1000 : 0
    const retryAt = addMilliseconds(clock.now(), Math.max(jitter, Math.min(asked, longestDelayMs)))
    logger.warn('A delivery will be tried again.', {
      deliveryId: id,
      route,
      eventId: event.id,
      attempts,
      retryAt,
      error,
    })
    await deliveries.defer(claimed, { retryAt, result })
    this.#ended.add({ route, outcome: 'failed' })
  }

  async #giveUp(
    claimed: ClaimedDelivery,
    delivery: Delivery,
    result: string,
    error?: unknown,
  ): Promise<void> {
    const { deliveries, logger } = this.#options
    const { id, route, event, attempts } = claimed
    logger.warn('A delivery was given up.', { deliveryId: id, route, eventId: event.id, attempts, error })
    await this.#routes.get(route)?.givenUp?.(delivery, result)
    await deliveries.settle(claimed, { status: 'dead', result })
    this.#ended.add({ route, outcome: 'dead' })
  }
}

/** The text of a `DomainError` is meant for callers; that of others may hold anything. */
function resultOf(error: unknown): string {
  if (!(error instanceof DomainError)) return error instanceof Error ? error.name : 'unknown'
  const { detail } = error.details
  return (detail === undefined ? error.code : `${error.code}: ${detail}`).slice(0, longestResult)
}

function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
    work.then(resolve, reject)
  })
}
