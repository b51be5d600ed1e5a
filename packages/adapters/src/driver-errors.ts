import { StorageErrors } from '@corbel/core/ports'

/**
 * SQLSTATE: connection (08), resources such as too_many_connections and disk_full (53), shutdown and idle timeouts (57P), statement
 * timeout (57014), lock timeout (55P03), idle transaction (25P03), a standby after a failover (25006), serialization failure and
 * deadlock (40001, 40P01). Nothing of the statement took effect, and later it may.
 */
const states = /^(?:08|53|57P)|^(?:57014|55P03|25P03|25006|40001|40P01)$/

const systemCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
])

// `pg`, its pool and PGlite give these errors no code.
const messages =
  /^(?:timeout exceeded when trying to connect|Connection terminated|Query read timeout|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end|PGlite is clos)/

/** Whether the database could not be asked, rather than refused what it was asked. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code } = error as { readonly code?: unknown }
  if (typeof code === 'string') return (code.length === 5 && states.test(code)) || systemCodes.has(code)
  return messages.test(error.message)
}

/** Whether what this error came from must not be used again. */
export const isLost = (error: unknown): boolean =>
  isUnavailable(error) &&
  !/^(?:57014|55P03|25P03|25006|40001|40P01|53)/.test(String((error as { readonly code?: unknown }).code))

/** Fields in which drivers repeat values of the statement: an address, a digest, a password hash. */
const telling = ['detail', 'where', 'params', 'query', 'queryOptions', 'internalQuery'] as const

/**
 * What a call to the driver may fail with: `storage/unavailable` for a database that cannot be asked, else the driver's error
 * without the values that it repeats, for an unexpected error is logged.
 */
export function toPortError(error: unknown): unknown {
  if (error instanceof Error) for (const field of telling) Reflect.deleteProperty(error, field)
  return isUnavailable(error) ? StorageErrors.unavailable({ retryAfter: 1 }, { cause: error }) : error
}

/** Runs a call to the driver with {@link toPortError} on its failure. */
export async function reported<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw toPortError(error)
  }
}
