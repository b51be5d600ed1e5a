import type { RateLimit } from '../contract/contract.ts'
import { milliseconds } from '../kernel/duration.ts'
import type { RateLimiter } from '../ports/rate-limiter.ts'
import { HttpErrors } from './http-errors.ts'

/** Counts one call; adds `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10) to the answer. */
export interface QuotaCheck {
  readonly rateLimit: RateLimit
  /** @throws `http/rate-limited` */
  take(bucket: string, headers: Record<string, string>): Promise<void>
}

/**
 * @param limit - Of the contract, or of the setting that replaces it.
 * @returns null when the quota is turned off.
 */
export function createQuotaCheck(
  rateLimit: RateLimit,
  limit: number,
  limiter: RateLimiter,
): QuotaCheck | null {
  if (limit <= 0) return null
  const { name, by } = rateLimit
  const quota = { limit, windowMs: milliseconds(rateLimit.window) }
  const policy = `"${name}";q=${limit};w=${Math.ceil(quota.windowMs / 1000)}`
  return {
    rateLimit,
    async take(bucket, headers) {
      const { allowed, remaining, retryAfterMs, resetAfterMs } = await limiter.take(
        `${name}:${by}:${bucket}`,
        quota,
      )
      add(headers, 'ratelimit-policy', policy)
      add(headers, 'ratelimit', `"${name}";r=${remaining};t=${Math.ceil(resetAfterMs / 1000)}`)
      if (!allowed) throw HttpErrors.rateLimited({ retryAfter: retryAfterMs / 1000 })
    },
  }
}

/** Each quota is an item of the list that the header is. */
function add(headers: Record<string, string>, name: string, item: string): void {
  const before = headers[name]
  headers[name] = before === undefined ? item : `${before}, ${item}`
}
