import { DomainError } from '../kernel/errors.ts'
import type { Outage } from './outage.ts'
import type { RecordedSpan } from './recording-tracer.ts'
import { race, racers, type Suite, winners } from './suite.ts'
import type { Span, SpanKind, Tracer } from './tracer.ts'

export interface TracerHarness {
  readonly tracer: Tracer
  /** The spans that ended so far. */
  finished(): Promise<readonly RecordedSpan[]>
}

export interface TracerCapabilities {
  /** Set when nothing is recorded: why. */
  readonly noRecord?: string
}

const traceId = '0af7651916cd43dd8448eb211c80319c'
const spanId = 'b7ad6b7169203331'
const header = `00-${traceId}-${spanId}-01`

const invalidHeaders = [
  null, '', '00', header.slice(0, -1), `${header}-`, `${header}-00`, ` ${header}`, header.toUpperCase(), header.replace('00-', 'ff-'),
  header.replaceAll('-', '_'), `00-${'0'.repeat(32)}-${spanId}-01`, `00-${traceId}-${'0'.repeat(16)}-01`, `00-${traceId}-${spanId}-zz`,
  `0-${traceId}-${spanId}-01`, header.replace('0af', 'ž'), `${header}\n`,
] // prettier-ignore

const nextTurn = (): Promise<void> => new Promise((resolve) => queueMicrotask(resolve))

/** The law of {@link Tracer}. `broken` gives one whose engine throws. */
export function tracerConformance(
  { test, skip, expect }: Suite,
  fresh: () => Promise<TracerHarness>,
  broken: Outage<Tracer>,
  { noRecord }: TracerCapabilities = {},
): void {
  const whenRecorded = noRecord === undefined ? test : (name: string) => skip(name, noRecord)
  const named = (spans: readonly RecordedSpan[], name: string) => spans.find((span) => span.name === name)

  async function keepsOut(tracer: Tracer): Promise<void> {
    let runs = 0
    const work = (span: Span) => {
      span.set({ after: true })
      return (runs += 1)
    }
    expect(await tracer.span('sync', {}, work)).toBe(1)
    expect(await tracer.span('async', { a: 1 }, async (span) => span.span('inner', {}, work))).toBe(2)
    expect(await tracer.within(header).span('', { bad: Number.NaN, none: undefined }, work)).toBe(3)
    const thrown = new Error('of the work')
    let caught: unknown
    const failing = (): Promise<never> => {
      runs += 1
      throw thrown
    }
    await tracer.span('failing', {}, failing).catch((error: unknown) => (caught = error))
    expect(caught).toBe(thrown)
    await tracer
      .span('rejecting', {}, (span) => span.span('inner', {}, () => Promise.reject(thrown)))
      .catch((error: unknown) => (caught = { error }))
    expect((caught as { error: unknown }).error).toBe(thrown)
    expect(runs).toBe(4)
  }

  test('span runs the work once, and resolves and rejects as it does', async () => {
    await keepsOut((await fresh()).tracer)
  })

  if ('never' in broken) skip('a tracer whose engine fails does not fail the work', broken.never)
  else test('a tracer whose engine fails does not fail the work', async () => keepsOut(await broken()))

  whenRecorded(
    'a span ends with its work, and has its name, kind and attributes, also those set later',
    async () => {
      const { tracer, finished } = await fresh()
      await tracer.span('GET /things/{id}', { a: 'x', b: 1, c: true, d: undefined }, async (span) => {
        await nextTurn()
        span.set({ b: 2, e: 'later', f: undefined })
        expect(await finished()).toHaveLength(0)
      })
      const [span, ...rest] = await finished()
      expect(rest).toHaveLength(0)
      expect(span).toMatchObject({
        name: 'GET /things/{id}',
        kind: 'internal',
        parentSpanId: null,
        error: null,
      })
      expect(span?.attributes).toEqual({ a: 'x', b: 2, c: true, e: 'later' })
      expect(Object.keys(span?.attributes ?? {}).toSorted()).toEqual(['a', 'b', 'c', 'e'])
      const kinds: readonly SpanKind[] = ['internal', 'server', 'client', 'producer', 'consumer']
      for (const kind of kinds) await tracer.span(kind, {}, () => {}, kind)
      expect((await finished()).slice(1).map(({ kind }) => kind)).toEqual(kinds)
    },
  )

  whenRecorded(
    'a rejection marks the span as failed, with code or name and message of the error',
    async () => {
      const { tracer, finished } = await fresh()
      const expected = new DomainError('thing/gone', {
        status: 410,
        title: 'The thing is gone.',
        fix: 'None.',
      })
      const hiding = Object.assign(new TypeError('no thing'), { parameters: ['hunter2'] })
      for (const error of [expected, hiding, 'hunter2'])
        await tracer.span('failing', {}, () => Promise.reject(error as Error)).catch(() => {})
      const spans = await finished()
      expect(spans.map(({ error }) => error)).toEqual([
        { type: 'thing/gone', message: 'The thing is gone.' },
        { type: 'TypeError', message: 'no thing' },
        { type: 'string', message: '' },
      ])
      expect(JSON.stringify(spans)).not.toContain('hunter2')
    },
  )

  whenRecorded('fail marks the span, without ending it', async () => {
    const { tracer, finished } = await fresh()
    await tracer.span('answered', {}, async (span) => {
      span.fail(new RangeError('too far'))
      span.set({ later: true })
      expect(await finished()).toHaveLength(0)
    })
    const [span] = await finished()
    expect(span?.error).toEqual({ type: 'RangeError', message: 'too far' })
    expect(span?.attributes['later']).toBe(true)
  })

  whenRecorded('what comes after the end is ignored', async () => {
    const { tracer, finished } = await fresh()
    const ended = await tracer.span('ended', { a: 1 }, (span) => span)
    ended.set({ a: 2 })
    ended.fail(new Error('late'))
    const [span] = await finished()
    expect(span?.attributes).toEqual({ a: 1 })
    expect(span?.error).toBe(null)
    expect(await finished()).toHaveLength(1)
  })

  whenRecorded('a span within another is its child, and ends before it', async () => {
    const { tracer, finished } = await fresh()
    await tracer.span('outer', {}, async (outer) => {
      await outer.span('middle', {}, (middle) => middle.span('inner', {}, () => {}))
      await outer.span('second', {}, () => {})
    })
    const spans = await finished()
    expect(spans.map(({ name }) => name)).toEqual(['inner', 'middle', 'second', 'outer'])
    const [outer, middle] = [named(spans, 'outer'), named(spans, 'middle')]
    expect(outer?.parentSpanId).toBe(null)
    expect(middle?.parentSpanId).toBe(outer?.spanId)
    expect(named(spans, 'second')?.parentSpanId).toBe(outer?.spanId)
    expect(named(spans, 'inner')?.parentSpanId).toBe(middle?.spanId)
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1)
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(4)
  })

  whenRecorded('spans that run at the same time keep their parents', async () => {
    const { tracer, finished } = await fresh()
    const work = async (racer: number) =>
      tracer.span(`outer ${racer}`, {}, async (outer) => {
        for (let turn = 0; turn < racer % 7; turn++) await nextTurn()
        await Promise.all([
          outer.span(`a ${racer}`, {}, nextTurn),
          outer.span(`b ${racer}`, {}, async (b) => (await nextTurn(), b.span(`c ${racer}`, {}, nextTurn))),
        ])
        return racer
      })
    expect(winners(await race(work))).toHaveLength(racers)
    const spans = await finished()
    expect(spans).toHaveLength(4 * racers)
    for (let racer = 0; racer < racers; racer++) {
      const [outer, b] = [named(spans, `outer ${racer}`), named(spans, `b ${racer}`)]
      expect(outer?.parentSpanId).toBe(null)
      expect(named(spans, `a ${racer}`)?.parentSpanId).toBe(outer?.spanId)
      expect(b?.parentSpanId).toBe(outer?.spanId)
      expect(named(spans, `c ${racer}`)?.parentSpanId).toBe(b?.spanId)
    }
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(racers)
  })

  whenRecorded('traceparent names the span, in the form of W3C Trace Context', async () => {
    const { tracer, finished } = await fresh()
    const headers: (string | null)[] = []
    await tracer.span('outer', {}, async (outer) => {
      headers.unshift(outer.traceparent)
      await outer.span('inner', {}, (inner) => void headers.unshift(inner.traceparent))
    })
    const spans = await finished()
    expect(headers).toEqual(spans.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`))
    for (const each of headers) expect(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/.test(each ?? '')).toBe(true)
  })

  whenRecorded('within continues the trace of a caller, and leaves the tracer alone', async () => {
    const { tracer, finished } = await fresh()
    // A later version may have more fields and flags.
    for (const given of [header, `cc-${traceId}-${spanId}-ff-what-the-future-holds`])
      await tracer.within(given).span('in', {}, (span) => {
        expect(span.traceparent?.slice(0, 36)).toBe(`00-${traceId}-`)
        expect(span.traceparent?.slice(-3)).toBe('-01')
      })
    await tracer.span('apart', {}, () => {})
    const [first, second, apart] = await finished()
    expect(first).toMatchObject({ traceId, parentSpanId: spanId })
    expect(second).toMatchObject({ traceId, parentSpanId: spanId })
    expect(first?.spanId).not.toBe(second?.spanId)
    expect(apart?.traceId).not.toBe(traceId)
    expect(apart?.parentSpanId).toBe(null)
  })

  whenRecorded('an invalid header counts as none', async () => {
    const { tracer, finished } = await fresh()
    for (const given of invalidHeaders) await tracer.within(given).span('root', {}, () => {})
    const spans = await finished()
    expect(spans.map(({ parentSpanId }) => parentSpanId)).toEqual(invalidHeaders.map(() => null))
    const traces = new Set(spans.map((span) => span.traceId))
    expect(traces.size).toBe(invalidHeaders.length)
    expect([...traces]).not.toContain(traceId)
  })

  whenRecorded(
    'a caller that does not sample is followed in that, and its decision is handed on',
    async () => {
      const { tracer, finished } = await fresh()
      await tracer.within(`00-${traceId}-${spanId}-00`).span('outer', {}, (outer) =>
        outer.span('inner', {}, (inner) => {
          for (const { traceparent } of [outer, inner])
            expect(`${traceparent?.slice(0, 36)}${traceparent?.slice(-2)}`).toBe(`00-${traceId}-00`)
        }),
      )
      expect(await finished()).toHaveLength(0)
    },
  )
}
