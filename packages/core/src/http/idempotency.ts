import type { IdempotencyStore, StoredResponse } from '../ports/idempotency-store.ts'
import { HttpErrors } from './http-errors.ts'
import type { RequestHeaders } from './http-request.ts'
import type { Answer } from './response-writer.ts'

const keyForm = /^[\x21-\x7e]{1,255}$/

const leaseMs = 60_000
const keepMs = 24 * 3_600_000

const keptHeaders = ['content-type', 'etag', 'location'] as const

/** The key of a request; null when it has none. @throws `http/idempotency-key-invalid` */
export function idempotencyKeyOf(headers: RequestHeaders): string | null {
  const key = headers.get('idempotency-key')
  if (key !== null && !keyForm.test(key)) throw HttpErrors.idempotencyKeyInvalid()
  return key
}

export interface IdempotentRequest {
  readonly scope: string
  readonly key: string
  readonly fingerprint: string
}

export interface IdempotencyOptions {
  readonly store: IdempotencyStore
  /** Headers of the answer: what is kept comes from here, what is replayed goes there. */
  readonly headers: Record<string, string>
  /** Told when an answer could not be kept; the request has taken effect all the same. */
  readonly onDefect: (error: unknown) => void
}

/**
 * Runs `work` once per key. An answer of 2xx or 3xx is kept and replayed; whatever else comes out of `work` has changed
 * nothing, so the key is free again and the caller may correct the request under it.
 *
 * @throws `http/idempotency-key-reused`, `http/idempotency-in-flight`.
 */
export async function runOnce(
  request: IdempotentRequest,
  { store, headers, onDefect }: IdempotencyOptions,
  work: () => Promise<Answer>,
): Promise<Answer> {
  const { scope, key } = request
  const begun = await store.begin({ ...request, leaseMs, keepMs })
  switch (begun.state) {
    case 'mismatch':
      throw HttpErrors.idempotencyKeyReused()
    case 'running':
      throw HttpErrors.idempotencyInFlight({ retryAfter: 1 })
    case 'done':
      Object.assign(headers, begun.response.headers)
      headers['idempotency-replayed'] = 'true'
      return { status: begun.response.status, body: begun.response.body === '' ? null : begun.response.body }
    case 'started':
  }
  let answer: Answer
  try {
    answer = await work()
  } catch (error) {
    await store.release(scope, key).catch(onDefect)
    throw error
  }
  const settled =
    answer.status < 400 ? store.complete(scope, key, toStored(answer, headers)) : store.release(scope, key)
  await settled.catch(onDefect)
  return answer
}

function toStored({ status, body }: Answer, headers: Readonly<Record<string, string>>): StoredResponse {
  const kept = keptHeaders.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]]))
  return { status, headers: Object.fromEntries(kept), body: typeof body === 'string' ? body : '' }
}
