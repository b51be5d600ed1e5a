import { randomHex } from '../kernel/random.ts'

/** What a `traceparent` header says. */
export interface TraceContext {
  readonly traceId: string
  readonly spanId: string
  readonly sampled: boolean
}

// W3C Trace Context §3.2.2. Later versions may append fields (§4.3); version ff is invalid.
const form = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-[!-~]*)?$/

/** Null for a header that is missing or invalid. */
export function parseTraceparent(text: string | null): TraceContext | null {
  const [, version, traceId, spanId, flags = '', rest] = (text !== null && form.exec(text)) || []
  if (traceId === undefined || spanId === undefined || (version === '00' && rest !== undefined)) return null
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 }
}

export const printTraceparent = ({ traceId, spanId, sampled }: TraceContext): string =>
  `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`

/** The context of a new span: within the trace of its parent, or of a new one that is sampled. */
export const childContext = (parent: TraceContext | null): TraceContext => ({
  traceId: parent?.traceId ?? randomHex(16),
  spanId: randomHex(8),
  sampled: parent?.sampled ?? true,
})

/** What a trace shows of a thrown value. */
export function errorShown(error: unknown): { readonly type: string; readonly message: string } {
  if (!(error instanceof Error)) return { type: typeof error, message: '' }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name
  return { type: code, message: error.message }
}
