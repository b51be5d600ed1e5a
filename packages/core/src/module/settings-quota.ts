import type { RateLimit } from '../contract/contract.ts'
import { milliseconds } from '../kernel/duration.ts'
import type { Quota } from '../ports/rate-limiter.ts'

/** Decides the quota of a declared limit: null when a setting turned it off. */
export type QuotaResolver = (rateLimit: RateLimit) => Quota | null

/**
 * Applies the settings that replace declared limits.
 *
 * @param byEnv - Loaded values by environment name.
 * @throws TypeError from the resolver when a limit names a setting that no catalogue declares as a number.
 */
export const quotaResolver =
  (byEnv: ReadonlyMap<string, unknown>): QuotaResolver =>
  ({ name, limit, window, setting }) => {
    const chosen = setting === undefined ? limit : byEnv.get(setting)
    if (typeof chosen !== 'number') {
      throw new TypeError(
        `The rate limit "${name}" reads ${setting}, which is not a loaded number. Declare it with integer() and a default.`,
      )
    }
    return chosen === 0 ? null : { limit: chosen, windowMs: milliseconds(window) }
  }
