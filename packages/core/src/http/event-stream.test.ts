import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { ServerSentEvent } from '../contract/media.ts'
import { EventSubscriptionReader } from './event-subscription.ts'
import { createFrames, EventStream, frame } from './event-stream.ts'
import type { OpenStream, OpenStreams } from './open-streams.ts'
import { toReadableStream } from './readable-events.ts'
import * as z from 'zod'

const decoder = new TextDecoder()

interface Options {
  readonly signal?: AbortSignal
  readonly watch?: OpenStreams
}

const open = (
  events: AsyncIterable<ServerSentEvent>,
  { signal = new AbortController().signal, watch }: Options = {},
) =>
  toReadableStream(
    new EventStream({
      events,
      frame: createFrames((data) => data),
      watches: watch ? [watch] : [],
      onFailure: (error) => ({ code: 'internal', said: String(error).length > 0 }),
    }),
    signal,
  )

async function* numbers(count: number): AsyncGenerator<ServerSentEvent> {
  for (let i = 1; i <= count; i++) yield { id: String(i), data: i }
}

/** Events that never come, and whether the reader has given up on them. */
function quiet() {
  const state = { returned: 0, asked: 0 }
  const events: AsyncIterable<ServerSentEvent> = {
    [Symbol.asyncIterator]: () => ({
      next: () => {
        state.asked++
        return new Promise(() => {})
      },
      return: async () => {
        state.returned++
        return { done: true, value: undefined }
      },
    }),
  }
  return { state, events }
}

describe('createFrames', () => {
  it('encodes an event once, however many readers are told of it, and never takes one for another', () => {
    const encoded: unknown[] = []
    const frameOf = createFrames((data) => {
      encoded.push(data)
      return data
    })
    const event = { id: '1', data: { text: 'ä' } }
    const twin = { id: '1', data: { text: 'ä' } }
    const texts = [event, event, twin, { id: '2', data: 'other' }].map((each) =>
      decoder.decode(frameOf(each)),
    )
    const first = 'id: 1\ndata: {"text":"ä"}\n\n'
    expect(texts).toEqual([first, first, first, 'id: 2\ndata: "other"\n\n'])
    expect(encoded).toEqual([event.data, twin.data, 'other'])
  })
})

describe('EventStream', () => {
  it('sends a comment, then every event with its id, and ends with the iterable', async () => {
    expect(await new Response(open(numbers(2))).text()).toBe(':\n\nid: 1\ndata: 1\n\nid: 2\ndata: 2\n\n')
  })

  it('sends the comment before it asks for an event', async () => {
    const { state, events } = quiet()
    const reader = open(events).getReader()
    expect(decoder.decode((await reader.read()).value)).toBe(':\n\n')
    expect(state.asked).toBe(0)
  })

  it('asks for an event only when one is wanted', async () => {
    let made = 0
    const counted = async function* (): AsyncGenerator<ServerSentEvent> {
      for (;;) yield { id: String(++made), data: made }
    }
    const reader = open(counted()).getReader()
    for (let i = 0; i < 4; i++) await reader.read()
    expect(made).toBe(3)
  })

  it('returns the iterator once when the reader leaves', async () => {
    const { state, events } = quiet()
    const stream = open(events)
    const reader = stream.getReader()
    await reader.read()
    void reader.read()
    await reader.cancel()
    expect(state.returned).toBe(1)
  })

  it('returns the iterator and ends when the request is aborted', async () => {
    const { state, events } = quiet()
    const controller = new AbortController()
    const watch = new Set<OpenStream>()
    const stream = open(events, { signal: controller.signal, watch })
    const reader = stream.getReader()
    await reader.read()
    const next = reader.read()
    controller.abort()
    expect((await next).done).toBe(true)
    expect([state.returned, watch.size]).toEqual([1, 0])
  })

  it('leaves no listener behind and adds one only', async () => {
    const { signal } = new AbortController()
    const reader = open(numbers(50), { signal }).getReader()
    for (let i = 0; i < 20; i++) await reader.read()
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    while (!(await reader.read()).done);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  it('returns the iterator when an event cannot be told', async () => {
    let returned = false
    const events = async function* (): AsyncGenerator<ServerSentEvent> {
      try {
        yield { id: 'a\nb', data: 1 }
      } finally {
        returned = true
      }
    }
    expect(await new Response(open(events())).text()).toContain('event: error')
    expect(returned).toBe(true)
  })

  it('does not begin for a request that is aborted already', async () => {
    const { state, events } = quiet()
    expect(await new Response(open(events, { signal: AbortSignal.abort() })).text()).toBe(':\n\n')
    expect(state.returned).toBe(1)
  })

  it('tells the reader of a stopping process when to come back, and ends cleanly', async () => {
    const watch = new Set<OpenStream>()
    const { state, events } = quiet()
    const reader = open(events, { watch }).getReader()
    await reader.read()
    const next = reader.read()
    const [stream] = watch
    stream?.end()
    stream?.end()
    const [, wait] = /^retry: (\d+)\n\n$/.exec(decoder.decode((await next).value)) ?? []
    expect(Number(wait)).toBeGreaterThanOrEqual(500)
    expect(Number(wait)).toBeLessThan(1500)
    expect((await reader.read()).done).toBe(true)
    expect([state.returned, watch.size]).toEqual([1, 0])
  })

  it('ends at once when streams have ended before it was opened', async () => {
    const { state, events } = quiet()
    const stream = open(events, { watch: { add: (late) => late.end(), delete: () => false } })
    expect(await new Response(stream).text()).toMatch(/^:\n\nretry: \d+\n\n$/)
    expect([state.returned, state.asked]).toEqual([1, 0])
  })

  it('beats while nothing happens, one beat at a time, and stops at the end', async () => {
    const watch = new Set<OpenStream>()
    const { events } = quiet()
    const reader = open(events, { watch }).getReader()
    await reader.read()
    const [stream] = watch
    const next = reader.read()
    stream?.beat()
    expect(decoder.decode((await next).value)).toBe(':\n\n')
    stream?.beat()
    stream?.beat()
    stream?.beat()
    expect(decoder.decode((await reader.read()).value)).toBe(':\n\n')
    const pending = reader.read()
    await reader.cancel()
    expect((await pending).done).toBe(true)
    stream?.beat()
    expect(watch.size).toBe(0)
  })

  it('ends with an error event that tells only what the problem document tells', async () => {
    const failing = async function* (): AsyncGenerator<ServerSentEvent> {
      yield { id: '1', data: 1 }
      throw new Error('secret')
    }
    const text = await new Response(open(failing())).text()
    expect(text).toBe(':\n\nid: 1\ndata: 1\n\nevent: error\ndata: {"code":"internal","said":true}\n\n')
  })
})

describe('framing', () => {
  const encode = (data: unknown): unknown => data

  it('keeps line breaks in data within one event', async () => {
    const data = 'a\nb\r\nc\rd\n\nid: 9\ndata: forged\u2028\u2029'
    const text = frame({ id: '1', event: 'note', data }, encode)
    expect(text.trimEnd().split(/\r\n|\r|\n/)).toHaveLength(3)
    const stream = new Response(text).body
    const seen: unknown[] = []
    if (stream)
      for await (const event of new EventSubscriptionReader(stream, z.string(), undefined)) seen.push(event)
    expect(seen).toEqual([{ id: '1', event: 'note', data }])
  })

  it.each([
    [{ id: '1\n2' }],
    [{ id: '1\r' }],
    [{ id: '1\0' }],
    [{ id: '1', event: 'a\ndata: x' }],
    [{ id: '1', event: 'a\r' }],
  ])('refuses %j', (event) => {
    expect(() => frame({ data: 1, ...event }, encode)).toThrow('Encode it before')
  })
})

describe('EventSubscriptionReader', () => {
  it('reads the same events however the bytes are cut and lines are ended', async () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const bytes = new TextEncoder().encode(
        [
          ':x',
          '',
          'id: é1',
          'event: a',
          'data: "☃"',
          '',
          'data:1',
          '',
          'id: 3',
          'retry: 5',
          'unknown',
          '',
          'data: 2',
          '',
          'data: cut off',
          '',
        ].join(end),
      )
      for (const size of [1, 2, 3, 7, bytes.length]) {
        const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
          bytes.slice(i * size, (i + 1) * size),
        )
        const subscription = new EventSubscriptionReader(ReadableStream.from(chunks), z.unknown(), undefined)
        const seen: unknown[] = []
        for await (const event of subscription) seen.push(event)
        expect(seen).toEqual([
          { id: 'é1', event: 'a', data: '☃' },
          { id: 'é1', data: 1 },
          { id: '3', data: 2 },
        ])
        expect(subscription.lastEventId).toBe('3')
      }
    }
  })
})
