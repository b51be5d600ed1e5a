/** How far the events of the gateway were listed, so that none is missing. */
export interface ReconciliationMark {
  readonly account: string
  /** Every event that the gateway has made before is stored. */
  readonly reachedAt: Date
  /** Of a pass that has not ended yet: when it began, and where it goes on. */
  readonly pass: { readonly startedAt: Date; readonly cursor: string } | null
}

export interface ReconciliationRepository {
  find(account: string): Promise<ReconciliationMark | null>
  /** Keeps the mark over the one before. */
  save(mark: ReconciliationMark): Promise<void>
}
