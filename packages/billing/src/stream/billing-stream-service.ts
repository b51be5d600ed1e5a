import { type EventHandler, type Id, milliseconds, type ServerSentEvent } from '@corbel/core'
import type { Counter, EventStream, RecordedEvent, StreamEvent, StreamPage } from '@corbel/core/ports'
import { BillingErrors } from '../billing-errors.ts'
import { BillingEvents } from '../billing-events.ts'
import type { BillingNotice } from './billing-notice.ts'

export interface BillingStreamDeps {
  readonly eventStream: EventStream
  readonly streamed: Counter
  /** Those of this process who read along. */
  readonly streamReaders: Set<AbortSignal>
  readonly streamEnabled: boolean
  /** Whether who comes without a place, or with one that is not known any more, is told what the stream still keeps. */
  readonly streamReplay: boolean
}

export type ToldNotice = ServerSentEvent<BillingNotice | null>

// An access token lives about as long: whoever has lost their right to read comes back with one that says so.
const longest = milliseconds('10m')
const pageSize = 100

const streamOf = (tenantId: Id<'ten'>): string => `billing:${tenantId}`

/** No stream has it: whoever comes back with it is told again that they may have missed something. */
const lost: ToldNotice = { id: '0', event: 'reset', data: null }

/**
 * Tells tenants what happens to them, as it happens. The outbox is what loses nothing: an event is appended to the stream of its tenant
 * until that succeeds, so a stream that fails is behind and not short of any. What the stream forgets, readers are told by `reset`.
 */
export class BillingStreamService {
  readonly #deps: BillingStreamDeps
  /** An event that many readers are told is one object, which is written out once. */
  readonly #told = new WeakMap<StreamEvent, ToldNotice>()

  constructor(deps: BillingStreamDeps) {
    this.#deps = deps
  }

  /** For every event about a tenant; none while the stream is off. */
  handlers(): readonly EventHandler[] {
    if (!this.#deps.streamEnabled) return []
    return Object.values(BillingEvents).map(({ type }) => ({ type, handle: (event) => this.append(event) }))
  }

  /** Nothing for an event without a tenant. One that is appended again is told again, with the same id. */
  async append({ id, tenantId, type, occurredAt, payload }: RecordedEvent): Promise<void> {
    const { eventStream, streamed } = this.#deps
    if (tenantId === null) return
    const data = payload as BillingNotice['data']
    const notice: BillingNotice = { id, type, occurredAt: occurredAt.toISOString(), data }
    try {
      await eventStream.append(streamOf(tenantId), JSON.stringify(notice))
    } catch (error) {
      streamed.add({ outcome: 'put-off' })
      throw error
    }
    streamed.add({ outcome: 'appended' })
  }

  /**
   * What happens from a place on.
   *
   * @param after - Id of the last event seen, or null; any text is safe to pass on.
   * @throws `billing/stream-off`
   */
  follow(tenantId: Id<'ten'>, after: string | null, signal: AbortSignal): AsyncIterable<ToldNotice> {
    if (!this.#deps.streamEnabled) throw BillingErrors.streamOff()
    return this.#follow(streamOf(tenantId), after, AbortSignal.any([signal, AbortSignal.timeout(longest)]))
  }

  async *#follow(stream: string, after: string | null, signal: AbortSignal): AsyncGenerator<ToldNotice> {
    const { eventStream, streamReaders, streamReplay } = this.#deps
    streamReaders.add(signal)
    try {
      let place = after
      let isLost = false
      if (!streamReplay) ({ place, isLost } = await this.#skip(stream, after))
      if (isLost) yield lost
      for await (const page of eventStream.follow(stream, place, signal)) yield* this.#tell(page)
    } finally {
      streamReaders.delete(signal)
    }
  }

  /** Goes past what the stream keeps, for who has no place in it. */
  async #skip(stream: string, after: string | null) {
    const { eventStream } = this.#deps
    let page: StreamPage = await eventStream.read(stream, after, 1)
    if (after !== null && !page.reset) return { place: after, isLost: false }
    let place: string | null = null
    do {
      page = await eventStream.read(stream, place, pageSize)
      place = page.events.at(-1)?.id ?? place
    } while (page.events.length === pageSize)
    return { place, isLost: after !== null }
  }

  *#tell({ events, reset }: StreamPage): Generator<ToldNotice> {
    if (reset) yield lost
    for (const event of events) {
      const known = this.#told.get(event)
      const told = known ?? { id: event.id, data: JSON.parse(event.data) as BillingNotice }
      if (known === undefined) this.#told.set(event, told)
      yield told
    }
  }
}
