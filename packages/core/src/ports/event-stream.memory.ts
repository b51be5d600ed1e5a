import { type Clock, systemClock } from '../kernel/clock.ts'
import { followByReading } from './event-stream-follow.ts'
import { defaultStreamLimits, type EventStream, type StreamEvent, type StreamLimits } from './event-stream.ts'

export interface MemoryEventStreamOptions extends StreamLimits {
  /** @default systemClock */
  readonly clock?: Clock
  /** Most streams kept; beyond it the ones written longest ago go first. @default 10000 */
  readonly maxStreams?: number
}

interface Entry {
  readonly event: StreamEvent
  readonly at: number
  /** Id of the event before this one, null for the first: a reader whose cursor it is has missed nothing. */
  readonly previous: string | null
}

/** Streams within the process: another process sees nothing of them. */
export function memoryEventStream({
  clock = systemClock,
  maxLength = defaultStreamLimits.maxLength,
  maxAgeMs = defaultStreamLimits.maxAgeMs,
  maxStreams = 10_000,
}: MemoryEventStreamOptions = {}): EventStream {
  const streams = new Map<string, readonly Entry[]>()
  const followers = new Map<string, Set<() => void>>()
  let serial = 0

  function append(stream: string, data: string): string {
    const known = streams.get(stream) ?? []
    const last = known.at(-1)
    const now = clock.now().getTime()
    // A clock that was set back must not make ids shrink.
    const at = Math.max(now, last?.at ?? 0)
    serial += 1
    const id = `${String(at).padStart(15, '0')}-${String(serial).padStart(12, '0')}`
    const entry: Entry = { event: { id, data }, at, previous: last?.event.id ?? null }
    // A map keeps its first insertion order, so a stream that grows has to leave its old place.
    streams.delete(stream)
    streams.set(stream, [...known.filter((old) => old.at + maxAgeMs > now), entry].slice(-maxLength))
    if (streams.size > maxStreams) {
      for (const oldest of streams.keys()) {
        streams.delete(oldest)
        break
      }
    }
    for (const wake of followers.get(stream) ?? []) wake()
    return id
  }

  function listen(stream: string, wake: () => void): () => void {
    const wakes = followers.get(stream) ?? new Set()
    followers.set(stream, wakes.add(wake))
    return () => {
      if (wakes.delete(wake) && wakes.size === 0) followers.delete(stream)
    }
  }

  const read: EventStream['read'] = async (stream, after, limit) => {
    const entries = streams.get(stream) ?? []
    // From the end: readers who follow are there, and as many of them read as an event wakes.
    const seen = after === null ? -1 : entries.findLastIndex(({ event }) => event.id <= after)
    const later = entries.slice(seen + 1)
    const first = later[0]
    const missed =
      first === undefined ? (entries.at(-1)?.event.id ?? null) !== after : first.previous !== after
    const events = (missed ? entries : later).slice(0, limit).map(({ event }) => event)
    return { events, reset: missed }
  }

  return {
    adapter: {
      name: 'memory',
      standIn: { setting: 'REDIS_URL', fix: 'Set REDIS_URL, so that all processes see the same streams.' },
    },
    append: async (stream, data) => append(stream, data),
    read,
    follow: (stream, after, signal) =>
      followByReading(
        {
          read: (cursor, limit) => read(stream, cursor, limit),
          listen: (wake) => listen(stream, wake),
        },
        after,
        signal,
      ),
    check: async () => {},
  }
}
