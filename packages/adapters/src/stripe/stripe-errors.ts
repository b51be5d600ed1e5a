import { GatewayErrors } from '@corbel/billing/ports'
import type { DomainError } from '@corbel/core/ports'

/** What every error of the client has; by its shape, so that it may come from the user's own copy of the package. */
interface StripeFault extends Error {
  readonly type: string
  readonly rawType: string | undefined
  readonly code?: string | undefined
  readonly param?: string | undefined
  readonly statusCode?: number | undefined
  readonly requestId?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
}

const isFault = (error: unknown): error is StripeFault =>
  error instanceof Error && 'rawType' in error && 'type' in error && typeof error.type === 'string'

/** Makes an error of the catalogue of what the client throws. Anything else is a bug of ours and passes through. */
export async function answered<T>(call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    throw isFault(error) ? toGatewayError(error) : error
  }
}

function toGatewayError(fault: StripeFault): DomainError {
  // Stripe's own text can name customers and keys: it is for the log, not for a response.
  const cause = { cause: new Error(fault.message) }
  const detail = [
    fault.statusCode === undefined ? 'Stripe did not answer.' : `Stripe answered ${fault.statusCode}`,
    fault.code,
    fault.param === undefined ? undefined : `(${fault.param})`,
    fault.requestId === undefined ? undefined : `to ${fault.requestId}`,
  ].filter((part) => part !== undefined)
  const details = { detail: detail.join(' ') }
  switch (kindOf(fault)) {
    case 'busy':
      return GatewayErrors.busy(
        { ...details, retryAfter: Number(fault.headers?.['retry-after']) || 2 },
        cause,
      )
    case 'declined':
      return GatewayErrors.declined(details, cause)
    case 'key-reused':
      return GatewayErrors.keyReused(details, cause)
    case 'not-found':
      return GatewayErrors.notFound(details, cause)
    case 'misconfigured':
      return GatewayErrors.misconfigured(details, cause)
    case 'refused':
      return GatewayErrors.refused(details, cause)
    default:
      return GatewayErrors.unavailable(details, cause)
  }
}

function kindOf({ type, code, param, statusCode = 0 }: StripeFault) {
  if (code === 'idempotency_key_in_use' || code === 'lock_timeout' || statusCode === 429) return 'busy'
  if (type === 'StripeIdempotencyError') return 'key-reused'
  if (type === 'StripeCardError' || statusCode === 402) return 'declined'
  // Without a parameter it is not an id that is missing, but a payment method.
  if ((code === 'resource_missing' && param !== undefined) || statusCode === 404) return 'not-found'
  if (statusCode === 401 || statusCode === 403) return 'misconfigured'
  return statusCode >= 400 && statusCode < 500 ? 'refused' : 'unavailable'
}
