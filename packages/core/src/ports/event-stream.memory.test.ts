import { beforeAll, expect, test } from 'vitest'
import { recordBackend } from '../../../../test/backends.ts'
import { collectFailures } from '../../../../test/collect-failures.ts'
import { impatient } from '../../../../test/impatient.ts'
import { conforming } from '../../../../test/vitest-suite.ts'
import { eventStreamConformance } from './event-stream.conformance.ts'
import { memoryEventStream } from './event-stream.memory.ts'
import type { EventStream, StreamLimits } from './event-stream.ts'
import type { Suite } from './suite.ts'
import { manualTime } from './timeline.ts'

const never = { never: 'an array does not fail' }

const conformance = (
  suite: Suite,
  spoil: (streams: EventStream) => Partial<EventStream> = () => ({}),
): void =>
  eventStreamConformance(
    suite,
    async (limits?: StreamLimits) => {
      const time = manualTime()
      const streams = memoryEventStream({ ...limits, clock: time.clock })
      return { streams: { ...streams, ...spoil(streams) }, ...time }
    },
    never,
  )

beforeAll(() => recordBackend('memory'))
conformance(conforming('event stream', 'memory'))

test('keeps the streams written last', async () => {
  const streams = memoryEventStream({ maxStreams: 2 })
  for (const name of ['a', 'b', 'a', 'c']) await streams.append(name, 'data')
  const kept = await Promise.all(
    ['a', 'b', 'c'].map(async (name) => (await streams.read(name, null, 9)).events.length),
  )
  expect(kept).toEqual([2, 0, 1])
})

test('ids grow though the clock is set back', async () => {
  const time = manualTime()
  let back = 0
  const streams = memoryEventStream({ clock: { now: () => new Date(time.clock.now().getTime() - back) } })
  const first = await streams.append('stream', 'data')
  back = 3_600_000
  expect((await streams.append('stream', 'data')) > first).toBe(true)
})

/** Polls nothing and knows nothing: reads once, then waits for a word that an append during the read has already given. */
const sleepy = (streams: EventStream): Partial<EventStream> => {
  let appended = Promise.withResolvers<void>()
  return {
    append: async (stream, data) => {
      const id = await streams.append(stream, data)
      appended.resolve()
      appended = Promise.withResolvers()
      return id
    },
    async *follow(stream, after, signal) {
      let cursor = after
      for (;;) {
        const page = await streams.read(stream, cursor, 100)
        cursor = page.events.at(-1)?.id ?? cursor
        yield page
        if (signal.aborted) return
        await Promise.race([appended.promise, new Promise((_, fail) => setTimeout(fail, 50))])
      }
    },
  }
}

test.each<[string, (streams: EventStream) => Partial<EventStream>, string]>([
  [
    'a trimmed cursor that is taken for a good one',
    (streams) => ({ read: async (...args) => ({ ...(await streams.read(...args)), reset: false }) }),
    'behind the trimmed head',
  ],
  [
    'resets without need',
    (streams) => ({ read: async (...args) => ({ ...(await streams.read(...args)), reset: true }) }),
    'though its own event was trimmed',
  ],
  [
    'a cursor that is included',
    (streams) => ({
      read: async (stream, after, limit) => {
        const { events } = await streams.read(stream, null, 1000)
        return {
          events: events.filter(({ id }) => after === null || id >= after).slice(0, limit),
          reset: false,
        }
      },
    }),
    'repeats nothing',
  ],
  [
    'ids that do not sort as strings',
    (streams) => {
      let last = 0
      return {
        append: async (stream, data) => {
          await streams.append(stream, data)
          last += 1
          return String(last)
        },
      }
    },
    'ids grow as strings',
  ],
  ['a follower that gives empty pages', sleepy, 'follow'],
  [
    'a stream that is never trimmed',
    () => {
      const endless = memoryEventStream({ maxLength: 1e6, maxAgeMs: 1e12 })
      return { append: endless.append, read: endless.read, follow: endless.follow }
    },
    'keeps at most maxLength',
  ],
  [
    'streams that run together',
    (streams) => ({ append: (_, data) => streams.append('stream', data) }),
    'by itself',
  ],
  [
    'a follower that begins at the end',
    (streams) => ({
      follow: async function* (stream, _after, signal) {
        const { events } = await streams.read(stream, null, 1000)
        const pages = streams.follow(
          stream,
          events.at(-1)?.id ?? null,
          AbortSignal.any([signal, AbortSignal.timeout(50)]),
        )
        yield* pages
      },
    }),
    'follow gives what is there',
  ],
])('the suite finds %s', async (fault, spoil, law) => {
  const failed = await collectFailures((suite) => conformance(impatient(suite), spoil))
  expect({ fault, found: failed.some((name) => name.includes(law)) }).toEqual({ fault, found: true })
})

test('the suite finds an engine that fails in silence', async () => {
  const failed = await collectFailures((suite) =>
    eventStreamConformance(
      impatient(suite),
      async (limits) => {
        const time = manualTime()
        return { streams: memoryEventStream({ ...limits, clock: time.clock }), ...time }
      },
      async () => memoryEventStream(),
    ),
  )
  expect(failed).toHaveLength(3)
})
