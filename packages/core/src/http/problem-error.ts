import type { FieldError, QuotaLimit } from '../kernel/errors.ts'
import type { Problem } from './problem.ts'

/** An answer that is a failure, as {@link createClient} throws it. */
export class ProblemError extends Error {
  readonly status: number
  /** What to branch on; `unknown` when something other than the API answered, such as a proxy. */
  readonly code: string
  /** How to put it right. */
  readonly fix: string | undefined
  readonly errors: readonly FieldError[]
  /** The limit that was reached, where one was. */
  readonly quota: QuotaLimit | undefined
  readonly requestId: string | undefined
  /** Seconds until a retry can succeed. */
  readonly retryAfter: number | undefined

  constructor(problem: Partial<Problem> & { readonly status: number }, headers?: Headers) {
    super(
      [problem.title ?? `The server answered ${problem.status}.`, problem.detail].filter(Boolean).join(' '),
    )
    this.name = 'ProblemError'
    this.status = problem.status
    this.code = problem.code ?? 'unknown'
    this.fix = problem.fix
    this.errors = problem.errors ?? []
    this.quota = problem.quota
    this.requestId = problem.requestId ?? headers?.get('x-request-id') ?? undefined
    const retryAfter = Number(headers?.get('retry-after') ?? Number.NaN)
    this.retryAfter = Number.isFinite(retryAfter) ? retryAfter : undefined
  }
}

export const isProblem = (value: unknown): value is Problem =>
  typeof value === 'object' &&
  value !== null &&
  'type' in value &&
  String(value.type).startsWith('urn:corbel:problem:')

/** Reads whatever an answer holds into an error. */
export async function toProblemError(response: Response): Promise<ProblemError> {
  const { status, headers } = response
  const type = headers.get('content-type') ?? ''
  if (!type.startsWith('application/problem+json')) {
    await response.body?.cancel()
    return new ProblemError({ status }, headers)
  }
  const body: unknown = await response.json().catch(() => null)
  return new ProblemError(isProblem(body) ? { ...body, status } : { status }, headers)
}
