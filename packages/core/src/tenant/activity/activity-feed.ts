import type { ServerSentEvent } from '../../contract/media.ts'
import type { PubSub, Unsubscribe } from '../../ports/pub-sub.ts'
import type { PlacedActivity } from '../ports/activity-repository.ts'
import type { ActivityNotice } from './activity.ts'

/** One event of a stream; its id is the place. */
export type ToldActivity = ServerSentEvent<ActivityNotice>

// Some seconds of a busy tenant: a reader that is further behind reads by itself.
const mostKept = 512

/** One that waits for what comes next. */
export class FeedReader {
  #woken = Promise.withResolvers<void>()
  isOver = false

  wake(): void {
    this.#woken.resolve()
  }

  end(): void {
    this.isOver = true
    this.wake()
  }

  /** To be asked for before reading: what comes during the read is not slept through. */
  renew(): Promise<void> {
    this.#woken = Promise.withResolvers()
    if (this.isOver) this.#woken.resolve()
    return this.#woken.promise
  }
}

/** The newest activity of one tenant, read once for all readers of this process. */
export class ActivityFeed {
  /** Resolves when what is published from now on wakes. */
  readonly ready: Promise<Unsubscribe>
  readonly #readers = new Set<FeedReader>()
  /** One after another, without a gap; each as one object, which is encoded once for all readers. */
  #kept: readonly ToldActivity[] = []
  /** The place that what is kept goes on after. */
  #before = 0
  /** The reads under way, by the place that they go on after. */
  readonly #reads = new Map<number, Promise<readonly ToldActivity[]>>()

  constructor(pubSub: PubSub, topic: string) {
    const wake = (): void => {
      // What a read under way has seen may be older than this.
      this.#reads.clear()
      for (const reader of this.#readers) reader.wake()
    }
    this.ready = pubSub.subscribe(topic, { onMessage: wake, onGap: wake })
    this.ready.catch(() => {})
  }

  join(): FeedReader {
    const reader = new FeedReader()
    this.#readers.add(reader)
    return reader
  }

  /** Whether nobody reads any more. */
  leave(reader: FeedReader): boolean {
    this.#readers.delete(reader)
    return this.#readers.size === 0
  }

  async close(): Promise<void> {
    await (
      await this.ready.catch(() => undefined)
    )?.()
  }

  /** What comes after a place: of what is kept, or by a read that all readers at this place share. */
  async after(
    place: number,
    read: () => Promise<readonly PlacedActivity[]>,
  ): Promise<readonly ToldActivity[]> {
    const at = this.#kept.findIndex(({ id }) => Number(id) > place)
    if (at !== -1 && place >= this.#before) return this.#kept.slice(at)
    const known = this.#reads.get(place)
    if (known) return known
    const reading = read().then((rows) => this.#keep(place, rows))
    this.#reads.set(place, reading)
    const forget = (): void => void (this.#reads.get(place) === reading && this.#reads.delete(place))
    reading.then(forget, forget)
    return reading
  }

  #keep(place: number, rows: readonly PlacedActivity[]): readonly ToldActivity[] {
    const notices = rows.map(({ seq, activity }): ToldActivity => ({ id: String(seq), data: activity }))
    const last = this.#kept.at(-1)
    const goesOn = last !== undefined && Number(last.id) === place
    // Who catches up with the past does not drive out what everybody else is about to read.
    if (!goesOn && last !== undefined && Number(last.id) > place) return notices
    if (notices.length === 0) return notices
    const all = goesOn ? [...this.#kept, ...notices] : notices
    if (!goesOn) this.#before = place
    const dropped = all.slice(0, Math.max(0, all.length - mostKept))
    this.#before = Number(dropped.at(-1)?.id ?? this.#before)
    this.#kept = all.slice(-mostKept)
    return notices
  }
}
