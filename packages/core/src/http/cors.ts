export interface CorsOptions {
  /** Exact origins, such as `https://app.example.com`. */
  readonly origins: readonly string[]
  /** Lets browsers send cookies. @default false */
  readonly credentials?: boolean
}

const requestHeaders = [
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Last-Event-ID',
  'X-Request-Id',
  'X-Tenant-Id',
  'traceparent',
  'tracestate',
].join(', ')

const exposedHeaders = [
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'ETag',
  'X-Request-Id',
  'Idempotency-Replayed',
  'Location',
  'WWW-Authenticate',
  'Content-Disposition',
].join(', ')

// Chrome keeps a preflight for at most two hours.
const preflightSeconds = '7200'

export interface Cors {
  /** Adds what an answer to this origin needs. */
  apply(origin: string | null, headers: Record<string, string>): void
  /** Adds what the answer to a preflight needs. */
  applyPreflight(origin: string | null, allowed: readonly string[], headers: Record<string, string>): void
}

/** @throws Error at boot for anything that is not one exact origin. */
export function createCors({ origins, credentials = false }: CorsOptions): Cors {
  for (const origin of origins) {
    if (origin.includes('*') || !URL.canParse(origin) || new URL(origin).origin !== origin) {
      throw new Error(
        `"${origin}" is not an origin. Write scheme, host and port only, such as https://app.example.com; wildcards are not supported.`,
      )
    }
  }
  const allowList = new Set(origins)
  const apply = (origin: string | null, headers: Record<string, string>): boolean => {
    if (allowList.size === 0) return false
    headers['vary'] = 'Origin'
    if (origin === null || !allowList.has(origin)) return false
    headers['access-control-allow-origin'] = origin
    if (credentials) headers['access-control-allow-credentials'] = 'true'
    return true
  }
  return {
    apply(origin, headers) {
      if (apply(origin, headers)) headers['access-control-expose-headers'] = exposedHeaders
    },
    applyPreflight(origin, allowed, headers) {
      const isAllowed = apply(origin, headers)
      headers['vary'] = 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers'
      if (!isAllowed) return
      headers['access-control-allow-methods'] = allowed.join(', ')
      headers['access-control-allow-headers'] = requestHeaders
      headers['access-control-max-age'] = preflightSeconds
    },
  }
}
