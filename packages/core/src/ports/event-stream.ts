import type { PortAdapter } from './adapter.ts'

export interface StreamEvent {
  /** Where the event stands: ids of one stream, compared as strings, grow; streams may share ids. Visible ASCII, at most 64 characters. */
  readonly id: string
  readonly data: string
}

export interface StreamPage {
  /** Oldest first. */
  readonly events: readonly StreamEvent[]
  /**
   * Events between the cursor and these may be gone: they were trimmed, or the cursor is not one of this stream, or the
   * stream began anew. The events then start with the oldest one kept. Read the state itself again, and go on from here.
   */
  readonly reset: boolean
}

/** What an adapter keeps; each bound holds for each stream. */
export interface StreamLimits {
  /** Most events kept. @default 1000 */
  readonly maxLength?: number
  /** Milliseconds for which an event is kept at least, unless `maxLength` newer ones came. @default 86400000, a day */
  readonly maxAgeMs?: number
}

/**
 * Streams of events that readers follow and take up again where they were cut off. A stream exists from its first event on.
 * It is a way to tell, never the only copy of what is told: old events are trimmed, and an engine may lose what it holds.
 *
 * A cursor is the id of the last event seen, or null before the first one. Reading on from a cursor gives every later event
 * once, in the order of appending, however reads and appends interleave, or says `reset`.
 */
export interface EventStream extends PortAdapter {
  /**
   * Adds an event and returns its id. Appends that wait for each other keep their order. A call that throws may yet have
   * added its event.
   *
   * @throws `port/unavailable` when the thing behind the port fails.
   */
  append(stream: string, data: string): Promise<string>
  /**
   * Up to `limit` events after the cursor, at least 1, at once: none when there are none. A cursor of any text is safe to
   * pass on.
   *
   * @throws `port/unavailable` when the thing behind the port fails.
   */
  read(stream: string, after: string | null, limit: number): Promise<StreamPage>
  /**
   * Everything after the cursor, and then what is appended, as it comes. No page is empty unless it says `reset`. Ends when
   * the signal aborts, at once; never by itself.
   *
   * @throws `port/unavailable` when the thing behind the port fails: follow again from the last cursor.
   */
  follow(stream: string, after: string | null, signal: AbortSignal): AsyncIterable<StreamPage>
}

export const defaultStreamLimits: Required<StreamLimits> = { maxLength: 1000, maxAgeMs: 86_400_000 }
