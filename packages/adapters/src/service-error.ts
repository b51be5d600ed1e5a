/** Why a service did not do what it was asked. */
export type ServiceFailure =
  /** A credential is missing or wrong, or lacks the right. */
  | 'denied'
  /** It was asked too often. */
  | 'throttled'
  /** No answer, or one that blames the service. */
  | 'unreachable'
  /** It understood and said no. */
  | 'refused'

export interface ServiceErrorDetails {
  /** As people call it: `Vault`. */
  readonly service: string
  /** The request, such as `GET secrets/name`. */
  readonly request: string
  /** Of HTTP; null when there was no answer. */
  readonly status: number | null
  /** @default what the status means by itself */
  readonly failure?: ServiceFailure
  /** A code of the service, fit to be shown. */
  readonly reason?: string
  /** Seconds after which it wants to be asked again. */
  readonly retryAfter?: number
}

/** A service refused, or did not answer. The message holds nothing of what was sent or answered but a code. */
export class ServiceError extends Error {
  override readonly name: string = 'ServiceError'
  readonly service: string
  readonly status: number | null
  readonly failure: ServiceFailure
  readonly retryAfter: number | undefined

  constructor(details: ServiceErrorDetails, options?: ErrorOptions) {
    const { service, request, status, reason, failure = failureOf(status), retryAfter } = details
    const code = reason === undefined ? '' : ` (${reason})`
    super(
      `${service} ${status === null ? 'did not answer' : `answered ${status}${code}`} to ${request}.`,
      options,
    )
    this.service = service
    this.status = status
    this.failure = failure
    this.retryAfter = retryAfter
  }
}

function failureOf(status: number | null): ServiceFailure {
  if (status === null || status >= 500) return 'unreachable'
  if (status === 429) return 'throttled'
  return status === 401 || status === 403 ? 'denied' : 'refused'
}
