import { errorShown, parseTraceparent, printTraceparent, type Span, type Tracer } from '@corbel/core/ports'
import {
  type Context,
  context as contexts,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span as VendorSpan,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Tracer as VendorTracer,
} from '@opentelemetry/api'

export interface OpenTelemetryTracerOptions {
  /** Such as `trace.getTracer('shop')`, or one of a provider that is not registered. */
  readonly tracer: VendorTracer
}

const kinds = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const

/**
 * Spans through OpenTelemetry, sampled and exported as its provider is configured. Work runs in the context of its span, so
 * that spans of other instrumentation, such as that of a database client, become children of it; which span is the parent
 * of ours is never taken from there.
 */
export function openTelemetryTracer({ tracer }: OpenTelemetryTracerOptions): Tracer {
  const spanIn =
    (parent: Context): Tracer['span'] =>
    async (name, attributes, work, kind = 'internal') => {
      const started = attempt(() => tracer.startSpan(name, { kind: kinds[kind], attributes }, parent))
      const context = started ? trace.setSpan(parent, started) : parent
      const span = spanOf(started, context)
      try {
        return await contexts.with(context, () => work(span))
      } catch (error) {
        span.fail(error)
        throw error
      } finally {
        attempt(() => started?.end())
      }
    }

  const spanOf = (started: VendorSpan | undefined, context: Context): Span => ({
    traceparent: traceparentOf(context),
    set: (attributes) => {
      attempt(() => started?.setAttributes(attributes))
    },
    fail: (error) => {
      const { type, message } = errorShown(error)
      const stack = error instanceof Error ? error.stack : undefined
      attempt(() => {
        started?.setAttribute('error.type', type)
        // Not the error itself: what libraries hang on theirs is not for traces.
        started?.recordException({ code: type, message, ...(stack !== undefined && { stack }) })
        started?.setStatus({ code: SpanStatusCode.ERROR, message })
      })
    },
    span: spanIn(context),
  })

  const within = (header: string | null): Tracer => ({ span: spanIn(contextOf(header)), within })

  return { span: spanIn(ROOT_CONTEXT), within }
}

function contextOf(header: string | null): Context {
  const parent = parseTraceparent(header)
  if (parent === null) return ROOT_CONTEXT
  const { traceId, spanId, sampled } = parent
  const traceFlags = sampled ? TraceFlags.SAMPLED : TraceFlags.NONE
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true })
}

function traceparentOf(context: Context): string | null {
  const own = attempt(() => trace.getSpanContext(context))
  if (!own || !isSpanContextValid(own)) return null
  const { traceId, spanId, traceFlags } = own
  return printTraceparent({ traceId, spanId, sampled: (traceFlags & TraceFlags.SAMPLED) !== 0 })
}

/** Tracing cannot fail what it traces. */
function attempt<T>(call: () => T): T | undefined {
  try {
    return call()
  } catch {
    return undefined
  }
}
