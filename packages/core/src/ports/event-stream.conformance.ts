import type { EventStream, StreamEvent, StreamLimits, StreamPage } from './event-stream.ts'
import { failureOf, type Outage } from './outage.ts'
import { race, racers, type Suite, winners } from './suite.ts'
import type { Timeline } from './timeline.ts'

const all = 1000

const dataOf = (events: readonly StreamEvent[]): string[] => events.map(({ data }) => data)
const idsOf = (events: readonly StreamEvent[]): string[] => events.map(({ id }) => id)
const eventsOf = (pages: readonly StreamPage[]): StreamEvent[] => pages.flatMap(({ events }) => events)

/** The law of {@link EventStream}. `fresh` gives an adapter without streams, with these limits, for each test. */
export function eventStreamConformance(
  { test, skip, expect }: Suite,
  fresh: (limits?: StreamLimits) => Promise<{ readonly streams: EventStream } & Timeline>,
  outage: Outage<EventStream>,
): void {
  /** Appends "0", "1", … one after the other and returns their ids. */
  async function filled(streams: EventStream, count: number, stream = 'stream'): Promise<string[]> {
    const ids: string[] = []
    for (let number = 0; number < count; number++) ids.push(await streams.append(stream, String(number)))
    return ids
  }

  /** Follows until `enough` says so of the pages seen. */
  async function followed(
    streams: EventStream,
    after: string | null,
    enough: (pages: readonly StreamPage[]) => boolean,
    onPage: (page: StreamPage) => void = () => {},
  ): Promise<StreamPage[]> {
    const pages: StreamPage[] = []
    for await (const page of streams.follow('stream', after, new AbortController().signal)) {
      pages.push(page)
      onPage(page)
      if (enough(pages)) break
    }
    return pages
  }

  const counted =
    (count: number) =>
    (pages: readonly StreamPage[]): boolean =>
      eventsOf(pages).length >= count

  test('a stream nobody wrote to is empty, and no reset for a reader without a cursor', async () => {
    const { streams } = await fresh()
    expect(await streams.read('stream', null, all)).toEqual({ events: [], reset: false })
  })

  test('read gives data as it was appended, oldest first, each stream by itself', async () => {
    const { streams } = await fresh()
    const texts = ['', 'plain', 'Žofie 🌱 "quoted"\r\n\0', '{"a":[1]}']
    for (const text of texts) await streams.append('a:b c/ключ', text)
    await streams.append('other', 'foreign')
    expect(dataOf((await streams.read('a:b c/ключ', null, all)).events)).toEqual(texts)
  })

  test('append returns the id of its event; ids grow as strings and are short visible ASCII', async () => {
    const { streams, wait } = await fresh()
    const first = await filled(streams, 20)
    await wait(5)
    const ids = [...first, ...(await filled(streams, 20))]
    expect(idsOf((await streams.read('stream', null, all)).events)).toEqual(ids)
    expect(ids).toEqual(ids.toSorted())
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.every((id) => /^[!-~]{1,64}$/.test(id))).toBe(true)
  })

  test('read gives what follows the cursor, up to the limit', async () => {
    const { streams } = await fresh()
    const ids = await filled(streams, 5)
    const page = await streams.read('stream', ids[1] ?? '', 2)
    expect(dataOf(page.events)).toEqual(['2', '3'])
    expect(page.reset).toBe(false)
    expect(await streams.read('stream', ids[4] ?? '', all)).toEqual({ events: [], reset: false })
  })

  test('keeps at most maxLength events, the newest', async () => {
    const { streams } = await fresh({ maxLength: 5 })
    await filled(streams, 12)
    expect(dataOf((await streams.read('stream', null, all)).events)).toEqual(['7', '8', '9', '10', '11'])
  })

  test('trims events older than maxAgeMs when others come, and none before', async () => {
    const { streams, wait } = await fresh({ maxAgeMs: 1_500 })
    await filled(streams, 3)
    await wait(900)
    await streams.append('stream', 'young')
    expect(dataOf((await streams.read('stream', null, all)).events)).toEqual(['0', '1', '2', 'young'])
    await wait(900)
    await streams.append('stream', 'new')
    const { events, reset } = await streams.read('stream', null, all)
    expect(dataOf(events)).toEqual(['young', 'new'])
    expect(reset).toBe(true)
  })

  test('a cursor behind the trimmed head is a reset and reads on from the oldest event kept', async () => {
    const { streams } = await fresh({ maxLength: 3 })
    const ids = await filled(streams, 10)
    for (const cursor of [null, ids[0] ?? '', ids[5] ?? '']) {
      const page = await streams.read('stream', cursor, 2)
      expect(dataOf(page.events)).toEqual(['7', '8'])
      expect(page.reset).toBe(true)
    }
  })

  test('a cursor that has missed nothing is no reset, though its own event was trimmed', async () => {
    const { streams } = await fresh({ maxLength: 3 })
    const ids = await filled(streams, 10)
    const page = await streams.read('stream', ids[6] ?? '', all)
    expect(dataOf(page.events)).toEqual(['7', '8', '9'])
    expect(page.reset).toBe(false)
    expect((await streams.read('stream', ids[8] ?? '', all)).reset).toBe(false)
  })

  test('a cursor that is not one of the stream is a reset, whatever its text', async () => {
    const { streams, wait } = await fresh()
    await filled(streams, 2)
    // Ids of different streams may be equal when they are made at the same moment.
    await wait(5)
    const [foreign] = await filled(streams, 1, 'other')
    const odd = [
      '',
      '0',
      '-',
      '+',
      '$',
      '(1-1',
      'zzz',
      '0-0',
      '9'.repeat(40),
      '\r\nid: 1',
      'ключ',
      foreign ?? '',
    ]
    for (const cursor of odd) {
      const page = await streams.read('stream', cursor, all)
      expect({ cursor, reset: page.reset, data: dataOf(page.events) }).toEqual({
        cursor,
        reset: true,
        data: ['0', '1'],
      })
    }
  })

  test('a cursor into a stream that is gone is a reset', async () => {
    const { streams } = await fresh()
    const [foreign] = await filled(streams, 1, 'other')
    expect(await streams.read('stream', foreign ?? '', all)).toEqual({ events: [], reset: true })
    const pages = followed(streams, foreign ?? '', counted(1))
    await streams.append('stream', 'anew')
    expect((await pages)[0]?.reset).toBe(true)
    expect(dataOf(eventsOf(await pages))).toEqual(['anew'])
  })

  test('concurrent appends all arrive, once, in the order of their ids', async () => {
    const { streams } = await fresh()
    const ids = winners(await race((racer) => streams.append('stream', String(racer))))
    const { events } = await streams.read('stream', null, all)
    expect(events).toHaveLength(racers)
    expect(idsOf(events)).toEqual(ids.toSorted())
    expect(new Set(dataOf(events)).size).toBe(racers)
    expect(events.every(({ id, data }) => id === ids[Number(data)])).toBe(true)
  })

  test('reading page after page while others append loses nothing and repeats nothing', async () => {
    const { streams } = await fresh()
    const appends = race((racer) => streams.append('stream', String(racer)))
    const seen: StreamEvent[] = []
    while (seen.length < racers) {
      const { events, reset } = await streams.read('stream', seen.at(-1)?.id ?? null, 7)
      expect(reset).toBe(false)
      seen.push(...events)
    }
    await appends
    expect(seen).toEqual((await streams.read('stream', null, all)).events)
  })

  test('follow gives what is there, then what comes, and no empty page', async () => {
    const { streams } = await fresh()
    const ids = await filled(streams, 3)
    const pages = followed(streams, ids[0] ?? '', counted(4), ({ events }) => {
      if (dataOf(events).includes('2')) void race((racer) => streams.append('stream', `new ${racer}`))
    })
    const events = eventsOf(await pages)
    expect(dataOf(events.slice(0, 2))).toEqual(['1', '2'])
    expect((await pages).every((page) => page.events.length > 0 && !page.reset)).toBe(true)
  })

  test('followers of one stream each get every event while others append, and none of another stream', async () => {
    const { streams } = await fresh()
    const readers = Array.from({ length: 8 }, async () => followed(streams, null, counted(racers)))
    const appends = race(async (racer) => {
      await streams.append('other', 'foreign')
      return streams.append('stream', String(racer))
    })
    const expected = winners(await appends).toSorted()
    for (const pages of await Promise.all(readers)) {
      expect(idsOf(eventsOf(pages))).toEqual(expected)
      expect(pages.some(({ reset }) => reset)).toBe(false)
    }
  })

  test('a reader cut off at any event and following again from its cursor loses nothing and repeats nothing', async () => {
    const { streams } = await fresh()
    const appends = race((racer) => streams.append('stream', String(racer)))
    const seen: StreamEvent[] = []
    while (seen.length < racers) {
      const [page] = await followed(streams, seen.at(-1)?.id ?? null, () => true)
      // Took only the first of them before the line was cut.
      const [first] = page?.events ?? []
      if (first !== undefined) seen.push(first)
    }
    expect(idsOf(seen)).toEqual(winners(await appends).toSorted())
  })

  test('a follower that trimming overtakes is told by a reset', async () => {
    const { streams } = await fresh({ maxLength: 3 })
    await filled(streams, 1)
    let overtaken = false
    const pages: StreamPage[] = []
    for await (const page of streams.follow('stream', null, new AbortController().signal)) {
      pages.push(page)
      if (!overtaken) await filled(streams, 10)
      if (overtaken) break
      overtaken = true
    }
    expect(pages.map(({ reset }) => reset)).toEqual([false, true])
    expect(dataOf(pages[1]?.events ?? [])).toEqual(['7', '8', '9'])
  })

  test('follow ends when the signal aborts: before, while waiting, and in between', async () => {
    const { streams } = await fresh()
    const drain = async (signal: AbortSignal, onPage = () => {}): Promise<number> => {
      let pages = 0
      for await (const _ of streams.follow('stream', null, signal)) {
        pages += 1
        onPage()
      }
      return pages
    }
    expect(await drain(AbortSignal.abort())).toBe(0)
    const waiting = new AbortController()
    const drained = drain(waiting.signal)
    // Reading once takes at least as long as the follower's first read, so it waits by now or is about to.
    await streams.read('stream', null, all)
    waiting.abort()
    expect(await drained).toBe(0)
    await filled(streams, 1)
    const between = new AbortController()
    expect(await drain(between.signal, () => between.abort())).toBe(1)
  })

  const calls = {
    append: (streams: EventStream) => streams.append('stream', 'data'),
    read: (streams: EventStream) => streams.read('stream', null, all),
    follow: async (streams: EventStream) => {
      // Ends what an engine that fails in silence would hold for ever.
      for await (const page of streams.follow('stream', null, AbortSignal.timeout(2_000))) return page
      return null
    },
  }
  for (const [verb, call] of Object.entries(calls)) {
    const name = `an engine that fails is not silent: ${verb} throws port/unavailable`
    if ('never' in outage) skip(name, outage.never)
    else {
      test(name, async () => {
        const streams = await outage()
        expect(await failureOf(call(streams))).toBe('port/unavailable')
        await streams.close?.()
      })
    }
  }
}
