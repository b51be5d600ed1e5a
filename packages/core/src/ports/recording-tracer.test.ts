import { describe, expect, test } from 'vitest'
import { collectFailures } from '../../../../test/collect-failures.ts'
import { conforming } from '../../../../test/vitest-suite.ts'
import { recordingTracer } from './recording-tracer.ts'
import { parseTraceparent } from './trace-context.ts'
import { tracerConformance } from './tracer.conformance.ts'
import { silentTracer, type Span, type Tracer } from './tracer.ts'

const never = { never: 'it records in memory' }

const fresh = async () => {
  const tracer = recordingTracer()
  return { tracer, finished: async () => tracer.spans }
}

describe('recordingTracer', () => tracerConformance(conforming('tracer', 'recording'), fresh, never))

describe('silentTracer', () => {
  tracerConformance(
    conforming('tracer', 'silent'),
    async () => ({ tracer: silentTracer, finished: async () => [] }),
    { never: 'it does nothing' },
    { noRecord: 'it records nothing' },
  )

  test('hands on what it was given', async () => {
    const header = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const seen = await silentTracer.within(header).span('a', {}, (a) => a.span('b', {}, (b) => b.traceparent))
    expect(seen).toBe(header)
    expect(await silentTracer.span('a', {}, (span) => span.traceparent)).toBe(null)
  })
})

test('a tracer that keeps the current span in a variable, believes every header and samples by itself', async () => {
  const failures = await collectFailures((suite) =>
    tracerConformance(
      suite,
      async () => {
        const tracer = recordingTracer()
        let current: Span | null = null
        const ambient =
          (root: Tracer): Tracer['span'] =>
          async (name, attributes, work, kind) => {
            const before = current
            return (before ?? root).span(
              name,
              attributes,
              async (span) => {
                current = span
                const result = await work({ ...span, span: ambient(root) })
                current = before
                return result
              },
              kind,
            )
          }
        const rewritten = (header: string | null): string =>
          `00-${header?.slice(3, 52).padEnd(49, 'a') ?? 'b'.repeat(49)}-01`
        return {
          tracer: {
            span: ambient(tracer),
            within: (header) => ({ ...tracer, span: ambient(tracer.within(rewritten(header))) }),
          },
          finished: async () => tracer.spans,
        }
      },
      never,
    ),
  )
  expect(failures).toEqual([
    'spans that run at the same time keep their parents',
    'an invalid header counts as none',
    'a caller that does not sample is followed in that, and its decision is handed on',
  ])
})

test('a tracer that runs the work again when its engine throws, and shows everything', async () => {
  const retrying: Tracer = {
    span: async (_name, _attributes, work) => {
      const span: Span = { traceparent: null, set() {}, fail() {}, span: retrying.span }
      try {
        return await work(span)
      } catch {
        return work(span)
      }
    },
    within: () => retrying,
  }
  const failures = await collectFailures((suite) => tracerConformance(suite, fresh, async () => retrying))
  expect(failures).toEqual(['a tracer whose engine fails does not fail the work'])
})

test('the fields of a traceparent', () => {
  expect(parseTraceparent(`00-${'a'.repeat(32)}-${'b'.repeat(16)}-02`)).toEqual({
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
    sampled: false,
  })
})
