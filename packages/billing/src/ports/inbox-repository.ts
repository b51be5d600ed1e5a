import type { Id, PageRequest } from '@corbel/core/ports'

/** `superseded`: a newer event of the same object was applied in its stead. `ignored`: nothing here depends on its type. */
export const inboxStatuses = ['pending', 'done', 'superseded', 'ignored', 'dead'] as const
export type InboxStatus = (typeof inboxStatuses)[number]
export type InboxOutcome = Exclude<InboxStatus, 'pending'>

/** An event of the gateway as it came in: proven and read, but not yet acted on. */
export interface InboxDraft {
  /** The account of the gateway that it happened in. */
  readonly account: string
  /** As the gateway names it; unique within the account. */
  readonly id: string
  /** `thin`: it names its object without showing it. */
  readonly kind: 'snapshot' | 'thin'
  readonly type: string
  readonly objectType: string | null
  readonly objectId: string | null
  /** Version of the gateway's API that its payload has the shape of. */
  readonly apiVersion: string | null
  /** When the gateway says that it happened; whole seconds with some. */
  readonly occurredAt: Date
  readonly receivedAt: Date
  /** Of a thin event: the id of the snapshot event that tells the same. */
  readonly twinId: string | null
  /** Which of the signing secrets matched, counted from 0; null when it was fetched instead of delivered. */
  readonly secretIndex: number | null
  /** Everything that was sent; characters that a store cannot hold are kept as U+FFFD. */
  readonly payload: unknown
}

export type InboxKey = Pick<InboxDraft, 'account' | 'id'>

export interface InboxEvent extends InboxDraft {
  /** Known once it was acted on, and when it is about one. */
  readonly tenantId: Id<'ten'> | null
  readonly status: InboxStatus
  /** Attempts begun since it came in or was replayed. */
  readonly attempts: number
  /** Attempts in a row whose lease ran out: whoever began them died or hung. */
  readonly lapses: number
  /** What came of the last attempt; null when there is nothing to say. */
  readonly note: string | null
  /** When the next attempt may begin; null for what has ended. */
  readonly dueAt: Date | null
  readonly endedAt: Date | null
  readonly replays: number
  /** Place among all events, in the order in which they came in. Decimal digits. */
  readonly position: string
}

export interface ClaimedInboxEvent extends InboxEvent {
  /** Proves this claim to the repository; means nothing to others. */
  readonly receipt: string
}

export type InboxClaim = Pick<ClaimedInboxEvent, 'account' | 'id' | 'receipt'>

export interface InboxSettlement {
  readonly claim: InboxClaim
  readonly outcome: InboxOutcome
  readonly tenantId: Id<'ten'> | null
  readonly note: string | null
}

/** Every filter composes with every other; none selects everything. */
export interface InboxFilter {
  readonly ids?: readonly string[]
  readonly type?: string
  readonly tenantId?: Id<'ten'>
  readonly status?: InboxStatus
  readonly objectId?: string
  /** Received at this time or later. */
  readonly from?: Date
  /** Received before. */
  readonly until?: Date
}

/**
 * What came from the payment gateway: the store of its events, the list of work and the dead letters in one. An event is in it from
 * the moment at which it was acknowledged until it is purged.
 */
export interface InboxRepository {
  /** Keeps the events whose account and id are new, due at once, and tells of each whether it was. Of concurrent callers one is told so. */
  insert(drafts: readonly InboxDraft[]): Promise<readonly boolean[]>
  /**
   * Takes up to `limit` due events, longest due first, and hides them from other callers for `leaseMs` milliseconds. Of concurrent
   * callers each event goes to one. One whose lease ran out is due again, and is taken alone: should it be what ended the process, no
   * other event is under way with it.
   */
  claim(options: {
    readonly limit: number
    readonly leaseMs: number
    readonly now: Date
  }): Promise<readonly ClaimedInboxEvent[]>
  /** Ends events, and says how many: those whose claim is lost, or that have ended, stay as they are. */
  settle(settlements: readonly InboxSettlement[], now: Date): Promise<number>
  /**
   * Ends the attempt, and the row of lapses: due again at `retryAt`. `uncounted` takes the attempt back. False, and no effect, once the claim is lost or
   * has ended.
   */
  defer(
    claim: InboxClaim,
    failure: { readonly retryAt: Date; readonly note: string; readonly uncounted?: boolean },
  ): Promise<boolean>
  find(key: InboxKey): Promise<InboxEvent | null>
  /** Those that came in last first, beginning behind the position `page.after`; one more than `page.limit` when there is one. */
  list(filter: InboxFilter, page: PageRequest): Promise<readonly InboxEvent[]>
  /** The same for one tenant's events that have ended. */
  listOfTenant(
    tenantId: Id<'ten'>,
    filter: Pick<InboxFilter, 'type' | 'status'>,
    page: PageRequest,
  ): Promise<readonly InboxEvent[]>
  /** Makes ended events due at once, with all attempts before them; returns how many. Those under way stay as they are. */
  replay(filter: InboxFilter, now: Date): Promise<number>
  /** Forgets events that ended before; returns how many. */
  purge(endedBefore: Date): Promise<number>
  depth(): Promise<{ readonly pending: number; readonly dead: number; readonly oldestDueAt: Date | null }>
}
