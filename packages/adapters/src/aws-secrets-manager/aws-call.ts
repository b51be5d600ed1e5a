import { ServiceError, type ServiceFailure } from '../service-error.ts'

const service = 'AWS Secrets Manager'

/** Sends one command, the SDK's own retries included. @throws ServiceError */
export async function awsCall<T>(
  request: string,
  timeoutMs: number,
  send: (options: { readonly abortSignal: AbortSignal }) => Promise<T>,
): Promise<T> {
  try {
    return await send({ abortSignal: AbortSignal.timeout(timeoutMs) })
  } catch (cause) {
    const { name: reason, status } = facts(cause)
    const failure = failureOf(reason, status)
    // Its message repeats what was sent.
    throw new ServiceError(
      { service, request, status, reason, ...(failure && { failure }) },
      { cause: new Error(reason) },
    )
  }
}

/** The name of the exception that a call came to. */
export const exceptionOf = (error: unknown): string | undefined =>
  error instanceof ServiceError && error.cause instanceof Error ? error.cause.message : undefined

function facts(error: unknown): { readonly name: string; readonly status: number | null } {
  const { name = 'Error', $metadata } = error as {
    readonly name?: string
    readonly $metadata?: { readonly httpStatusCode?: number }
  }
  return { name: /^\w{1,60}$/.test(name) ? name : 'Error', status: $metadata?.httpStatusCode ?? null }
}

/** AWS answers most failures with 400 and says the kind by the name. */
function failureOf(name: string, status: number | null): ServiceFailure | undefined {
  if (/AccessDenied|UnrecognizedClient|Signature|Token|Credential|OptInRequired/.test(name)) return 'denied'
  if (/Throttl|TooManyRequests|LimitExceeded/.test(name)) return 'throttled'
  return status === null ? 'unreachable' : undefined
}
