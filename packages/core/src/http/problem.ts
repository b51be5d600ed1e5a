import { DomainError, type FieldError, type QuotaLimit } from '../kernel/errors.ts'
import { HostError } from './host-error.ts'

/** An RFC 9457 problem document. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail?: string
  readonly code: string
  readonly fix?: string
  readonly errors?: readonly FieldError[]
  readonly quota?: QuotaLimit
  readonly requestId: string
}

export const problemType = (code: string): string => `urn:corbel:problem:${code}`

/** Code of every failure that is a bug of ours. */
export const internalCode = 'internal'

/** What the caller learns of a failure. Of a defect that is the request id and nothing else. */
export function toProblem(error: unknown, requestId: string): Problem {
  if (error instanceof HostError) {
    const { code, message, fix } = error
    return { type: problemType(code), title: message, status: 500, detail: fix, code, fix, requestId }
  }
  if (!(error instanceof DomainError)) {
    return {
      type: problemType(internalCode),
      title: 'Something went wrong on our side.',
      status: 500,
      code: internalCode,
      requestId,
    }
  }
  const { code, status, message, fix, details } = error
  return {
    type: problemType(code),
    title: message,
    status,
    detail: details.detail ?? fix,
    code,
    fix,
    ...(details.errors && { errors: details.errors }),
    ...(details.quota && { quota: details.quota }),
    requestId,
  }
}

/** Headers that belong to a failure. A 401 always carries a challenge (RFC 9110 §15.5.2). */
export function problemHeaders(error: unknown): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': 'application/problem+json' }
  if (!(error instanceof DomainError)) return headers
  if (error.status === 401) headers['www-authenticate'] = 'Bearer'
  const { headers: own = {}, retryAfter } = error.details
  for (const [name, value] of Object.entries(own)) headers[name.toLowerCase()] = value
  if (retryAfter !== undefined) headers['retry-after'] = String(Math.max(1, Math.ceil(retryAfter)))
  return headers
}
