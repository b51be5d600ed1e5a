import type { Id, QuotaLimit } from '@corbel/core'

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
  /**
   * Null when it does not fit; of concurrent callers only as many get one as fit together. The same key again is the same reservation,
   * and of several settlements the first counts: what a process that went down has left, another settles.
   *
   * @param key - Names the call; at most 40 of `a-z`, `0-9`, `_` and `-`.
   */
  reserve(
    tenantId: Id<'ten'>,
    most: TokenUse,
    key: string,
  ): Promise<{ settle(used: TokenUse): Promise<void> } | null>
  /**
   * The limit that leaves nothing to spend, asked before anything is begun; null when something is left. Without it only calls are
   * refused, one by one.
   */
  refusal?(tenantId: Id<'ten'>): Promise<QuotaLimit | null>
}

export const unlimitedQuota: Quota = { reserve: async () => ({ settle: async () => {} }) }
