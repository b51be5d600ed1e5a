import type { Id } from '@corbel/core'

export interface TokenUse {
  readonly model: string
  readonly inputTokens: number
  readonly outputTokens: number
}

/**
 * What a tenant may spend on models; billing has one. A call is reserved at the most that it can cost before it is made, and settled
 * at what it did cost.
 */
export interface Quota {
  /** Null when it does not fit; of concurrent callers only as many get one as fit together. */
  reserve(tenantId: Id<'ten'>, most: TokenUse): Promise<{ settle(used: TokenUse): Promise<void> } | null>
}

export const unlimitedQuota: Quota = { reserve: async () => ({ settle: async () => {} }) }
