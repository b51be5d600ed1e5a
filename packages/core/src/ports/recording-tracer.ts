import {
  childContext,
  errorShown,
  parseTraceparent,
  printTraceparent,
  type TraceContext,
} from './trace-context.ts'
import type { Span, SpanAttributes, SpanKind, Tracer } from './tracer.ts'

export interface RecordedSpan {
  readonly name: string
  readonly kind: SpanKind
  readonly traceId: string
  readonly spanId: string
  /** Null when the trace began with this span. */
  readonly parentSpanId: string | null
  readonly attributes: SpanAttributes
  readonly error: { readonly type: string; readonly message: string } | null
}

/** A tracer whose spans can be read, for tests. Spans of the tracers that come from it are among them. */
export interface RecordingTracer extends Tracer {
  /** Spans that ended, in the order in which they did. */
  readonly spans: readonly RecordedSpan[]
}

export function recordingTracer(): RecordingTracer {
  const spans: RecordedSpan[] = []

  const spanIn =
    (parent: TraceContext | null): Tracer['span'] =>
    async (name, attributes, work, kind = 'internal') => {
      const context = childContext(parent)
      const known = new Map<string, string | number | boolean>()
      let error: RecordedSpan['error'] = null
      const span: Span = {
        traceparent: printTraceparent(context),
        set: (more) => {
          for (const [key, value] of Object.entries(more)) if (value !== undefined) known.set(key, value)
        },
        fail: (thrown) => void (error = errorShown(thrown)),
        span: spanIn(context),
      }
      span.set(attributes)
      try {
        return await work(span)
      } catch (thrown) {
        span.fail(thrown)
        throw thrown
      } finally {
        const { traceId, spanId, sampled } = context
        const parentSpanId = parent?.spanId ?? null
        const ended = {
          name,
          kind,
          traceId,
          spanId,
          parentSpanId,
          attributes: Object.fromEntries(known),
          error,
        }
        if (sampled) spans.push(ended)
      }
    }

  return { span: spanIn(null), within: (header) => tracerIn(parseTraceparent(header)), spans }

  function tracerIn(parent: TraceContext | null): Tracer {
    return { span: spanIn(parent), within: (header) => tracerIn(parseTraceparent(header)) }
  }
}
