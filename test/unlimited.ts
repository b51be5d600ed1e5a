import type { RateLimiter } from '@corbel/core/ports'

/** For tests whose subject lies behind the limits. */
export const unlimited: RateLimiter = {
  adapter: { name: 'unlimited' },
  take: async (_, { limit }) => ({ allowed: true, limit, remaining: 1, retryAfterMs: 0, resetAfterMs: 0 }),
}
