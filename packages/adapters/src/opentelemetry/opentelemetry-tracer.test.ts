import { AsyncLocalStorage } from 'node:async_hooks'
import { type RecordedSpan, type SpanKind, tracerConformance } from '@corbel/core/ports'
import {
  type Context,
  context,
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
  type Tracer as VendorTracer,
} from '@opentelemetry/api'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { afterEach, describe, expect, test } from 'vitest'
import { recordBackend } from '../../../../test/backends.ts'
import { conforming } from '../../../../test/vitest-suite.ts'
import { openTelemetryTracer } from './opentelemetry-tracer.ts'

recordBackend('opentelemetry')

const kinds: readonly SpanKind[] = ['internal', 'server', 'client', 'producer', 'consumer']

function sdk() {
  const exporter = new InMemorySpanExporter()
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  const vendor = provider.getTracer('test')
  const ended = async (): Promise<readonly ReadableSpan[]> => {
    await provider.forceFlush()
    return exporter.getFinishedSpans()
  }
  return { vendor, tracer: openTelemetryTracer({ tracer: vendor }), ended }
}

/** What the exporter was given, in the words of the port. */
function toRecorded(span: ReadableSpan): RecordedSpan {
  const { traceId, spanId } = span.spanContext()
  const { 'error.type': type, ...attributes } = span.attributes
  const failed = span.status.code === SpanStatusCode.ERROR
  return {
    name: span.name,
    kind: kinds[span.kind] ?? 'internal',
    traceId,
    spanId,
    parentSpanId: span.parentSpanContext?.spanId ?? null,
    attributes: attributes as RecordedSpan['attributes'],
    error: failed ? { type: String(type), message: span.status.message ?? '' } : null,
  }
}

afterEach(() => context.disable())

const boom = (): never => {
  throw new Error('the engine is broken')
}

describe('openTelemetryTracer', () => {
  tracerConformance(
    conforming('tracer', 'opentelemetry'),
    async () => {
      const { tracer, ended } = sdk()
      return { tracer, finished: async () => (await ended()).map(toRecorded) }
    },
    async () => openTelemetryTracer({ tracer: { startSpan: boom, startActiveSpan: boom } }),
  )

  test('an engine that breaks once a span has begun does not fail the work either', async () => {
    const { vendor } = sdk()
    const startSpan: VendorTracer['startSpan'] = (...given) => {
      const span = vendor.startSpan(...given)
      return Object.assign(span, { setAttributes: boom, recordException: boom, end: boom })
    }
    const tracer = openTelemetryTracer({ tracer: { startSpan, startActiveSpan: boom } })
    expect(await tracer.span('a', {}, (span) => (span.set({ b: 1 }), span.fail(new Error('x')), 7))).toBe(7)
  })

  test('an error is an event with its stack, and with nothing else that hangs on it', async () => {
    const { tracer, ended } = sdk()
    const error = Object.assign(new TypeError('no thing'), { code: 'E_THING', parameters: ['hunter2'] })
    await tracer.span('failing', {}, () => Promise.reject(error)).catch(() => {})
    const [span] = await ended()
    expect(span?.events).toHaveLength(1)
    expect(span?.events[0]).toMatchObject({
      name: 'exception',
      attributes: {
        'exception.type': 'E_THING',
        'exception.message': 'no thing',
        'exception.stacktrace': error.stack,
      },
    })
    expect(JSON.stringify(span?.events)).not.toContain('hunter2')
  })

  test('spans of other instrumentation become children, and are never parents by accident', async () => {
    const current = new AsyncLocalStorage<Context>()
    context.setGlobalContextManager({
      active: () => current.getStore() ?? ROOT_CONTEXT,
      with: (active, call, self, ...given) => current.run(active, () => call.apply(self as never, given)),
      bind: (_active, target) => target,
      enable() {
        return this
      },
      disable() {
        return this
      },
    })
    const { vendor, tracer, ended } = sdk()
    await tracer.span('request', {}, async () => {
      await Promise.resolve()
      vendor.startSpan('SELECT', {}, context.active()).end()
      await tracer.span('apart', {}, () => {})
    })
    const spans = (await ended()).map(toRecorded)
    const [select, apart, request] = ['SELECT', 'apart', 'request'].map((name) =>
      spans.find((span) => span.name === name),
    )
    expect(select?.parentSpanId).toBe(request?.spanId)
    expect(apart?.parentSpanId).toBe(null)
  })

  test('without a provider nothing is recorded, and the trace of the caller is handed on', async () => {
    const header = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const tracer = openTelemetryTracer({ tracer: trace.getTracer('nobody listens') })
    expect(await tracer.span('a', {}, (span) => span.traceparent)).toBe(null)
    expect(await tracer.within(header).span('a', {}, (span) => span.traceparent)).toBe(header)
  })
})
