/** An event of the payment provider, as the inbox of the stack has it. */
export interface InboxEvent {
  readonly id: string
  readonly type: string
  readonly status: string
  readonly attempts: number
  readonly tenantId: string | null
  readonly receivedAt: string
  readonly note: string | null
}

/** Which events; everything that is named must fit. */
export interface InboxSelection {
  readonly type?: string
  readonly tenantId?: string
  readonly status?: string
  readonly objectId?: string
  /** ISO 8601: received at this time or later. */
  readonly from?: string
  /** ISO 8601: received before. */
  readonly until?: string
}

export interface ListPage<T> {
  readonly data: readonly T[]
  readonly nextCursor: string | null
}

export interface PageWish {
  readonly limit: number
  readonly cursor?: string
}

/** What the provider says of an object that the stack does not. */
export interface Difference {
  readonly type: string
  readonly id: string
  readonly field: string
  readonly from?: unknown
  readonly to?: unknown
}

export interface ReplayOutcome {
  readonly dryRun: boolean
  /** Events that are due again, or would be. */
  readonly events: number
  readonly differences: readonly Difference[]
}

export interface ReconcileOutcome {
  /** Events and objects that were looked at. */
  readonly checked: number
  /** Ids of events that had not come in. */
  readonly missedEvents: readonly string[]
  readonly differences: readonly Difference[]
  /** To go on behind it; null when all is done. */
  readonly nextCursor: string | null
}

/** One thing that differs between what is declared and what the provider sells. */
export interface CatalogChange {
  readonly do: string
}

/** What the stack sells, and what the payment provider told it. */
export interface PaymentTools {
  readonly catalog: {
    /** What must be done for the provider to sell what is declared, in order. Changes nothing. */
    plan(): Promise<readonly CatalogChange[]>
    /** Does it; run again it does nothing. Prices are ids by lookup key. */
    apply(): Promise<{
      readonly steps: readonly CatalogChange[]
      readonly prices: Readonly<Record<string, string>>
    }>
  }
  readonly inbox: {
    list(query: PageWish & InboxSelection): Promise<ListPage<InboxEvent>>
    get(id: string): Promise<InboxEvent & { readonly payload: unknown }>
    replay(
      request: InboxSelection & { readonly ids?: readonly string[]; readonly dryRun: boolean },
    ): Promise<ReplayOutcome>
  }
  /** One page of the comparison with what the provider says; without `dryRun` what was missed is taken over. */
  reconcile(request: {
    readonly since?: string
    readonly cursor?: string
    readonly dryRun: boolean
  }): Promise<ReconcileOutcome>
}
