/** Values that are `undefined` are left out. Never a secret, an address or a whole URL: traces leave the house. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>

export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer'

/** A piece of work under way. What comes after its end is ignored. */
export interface Span {
  /** For the header of this name in what the work sends (W3C Trace Context §3.2). Null when there is no trace. */
  readonly traceparent: string | null
  /** Adds attributes, or replaces them. */
  set(attributes: SpanAttributes): void
  /** Marks the span as failed, without ending it. Shows of an error its type, which is its code or else its name, and its message. */
  fail(error: unknown): void
  /** A span within this one, whatever else runs at the same time. */
  span: Tracer['span']
}

/** Follows work through processes. Never fails the work that it follows. */
export interface Tracer {
  /**
   * Runs the work once, in a span of its own that ends with it. Resolves and rejects as the work does; a rejection marks the
   * span as failed. Without a parent it begins a trace.
   *
   * @param name - One of few: what is done, never with ids in it.
   */
  span<T>(
    name: string,
    attributes: SpanAttributes,
    work: (span: Span) => T | Promise<T>,
    kind?: SpanKind,
  ): Promise<T>
  /**
   * A tracer whose spans continue the trace of a caller, and its decision whether they are recorded. A header that is missing
   * or invalid (W3C Trace Context §3.2.2) counts as none.
   */
  within(traceparent: string | null): Tracer
}

/** Records nothing, and hands on the `traceparent` that it was given. */
export const silentTracer: Tracer = silent(null)

function silent(traceparent: string | null): Tracer {
  const span: Span = {
    traceparent,
    set() {},
    fail() {},
    span: async (_name, _attributes, work) => work(span),
  }
  return { span: span.span, within: silent }
}
