import { PortErrors } from '@corbel/core/ports'

const retryAfter = 1

/** Sends one request; the client hears of the deadline by the signal. */
export type S3Call = <T>(send: (options: { readonly abortSignal: AbortSignal }) => Promise<T>) => Promise<T>

/**
 * Puts a deadline on every request, the client's own retries included: the SDK has none.
 *
 * @throws `port/unavailable` when there is no answer in time, none at all, or one that blames the service.
 */
export function s3Calls(timeoutMs: number): S3Call {
  return async (send) => {
    const stop = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    // Once an answer has begun the SDK does not look at the signal any more.
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const error = new Error(`The object store did not answer within ${timeoutMs} ms.`)
        reject(error)
        stop.abort(error)
      }, timeoutMs)
    })
    try {
      return await Promise.race([send({ abortSignal: stop.signal }), late])
    } catch (error) {
      const status = statusOf(error)
      if (status !== undefined && status < 500) throw error
      throw PortErrors.unavailable({ retryAfter }, { cause: error })
    } finally {
      clearTimeout(timer)
    }
  }
}

/** The HTTP status of the answer that an error came from; undefined when there was none. */
export const statusOf = (error: unknown): number | undefined =>
  (error as { readonly $metadata?: { readonly httpStatusCode?: number } }).$metadata?.httpStatusCode
