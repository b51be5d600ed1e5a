import { defineErrors } from '../kernel/errors.ts'
import type { Id } from '../kernel/id.ts'
import type { PageRequest } from '../kernel/page.ts'
import type { DomainEvent, RecordedEvent } from './outbox.ts'

export const DeliveryErrors = defineErrors('delivery', {
  refused: {
    status: 422,
    title: 'The recipient will never accept this.',
    fix: 'Correct what is wrong with it; sending it again as it is will fail again.',
  },
  unavailable: {
    status: 503,
    title: 'The recipient did not accept it.',
    fix: 'Send it again later, with the same event id.',
  },
  notFound: {
    status: 404,
    title: 'There is no such delivery that has ended.',
    fix: 'Check the id. A delivery under way cannot be begun again, and one of another tenant answers the same.',
  },
})

/** One event for those whom one route tells it to. */
export interface DeliveryDraft {
  /** Names the route: `<module>.<channel>`. */
  readonly route: string
  /** Ids of users, webhooks and the like; no addresses. */
  readonly recipients: readonly string[]
  readonly event: RecordedEvent
}

/** One event on its way to one recipient. */
export interface ClaimedDelivery {
  readonly id: Id<'dlv'>
  readonly route: string
  readonly recipient: string
  readonly event: RecordedEvent
  /** Attempts begun, this one included. */
  readonly attempts: number
  /** Proves this claim to the store; means nothing to others. */
  readonly receipt: string
}

/** `dead`: given up. */
export type DeliveryStatus = 'pending' | 'delivered' | 'dead'

/** What the log says of a delivery. */
export interface DeliveryRecord {
  readonly id: Id<'dlv'>
  /** The tenant that its event happened to; null for the platform. */
  readonly tenantId: Id<'ten'> | null
  readonly route: string
  readonly recipient: string
  readonly eventId: Id<'evt'>
  readonly eventType: string
  readonly status: DeliveryStatus
  readonly attempts: number
  /** What came of the last attempt; null before the first has ended. */
  readonly result: string | null
  readonly createdAt: Date
  /** When the next attempt may begin; null for what has ended. */
  readonly dueAt: Date | null
  readonly endedAt: Date | null
}

type Claim = Pick<ClaimedDelivery, 'id' | 'receipt'>

/** Whose deliveries: one lane is kept in order. */
export interface DeliveryLane {
  readonly route: string
  readonly recipient: string
}

/** Which deliveries of all; everything that is named must fit. */
export interface DeliveryFilter {
  readonly tenantId?: Id<'ten'>
  readonly route?: string
  readonly status?: DeliveryStatus
}

/**
 * What is to leave the system, and the log of what has left it. Delivery is at least once.
 *
 * The deliveries of one route to one recipient are a lane: one of them at a time is given out, in the order in which their events
 * were recorded, and none before every event of its tenant that was recorded earlier has been handled. An event whose handler has
 * failed is not waited for.
 */
export interface DeliveryStore {
  /** Keeps deliveries. One event comes to one recipient of a route once, whoever asks how often. */
  record(drafts: readonly DeliveryDraft[]): Promise<void>
  /**
   * Takes up to `limit` due deliveries, longest due first, at most one of a lane, and hides their lanes from other callers for
   * `leaseMs` milliseconds. Of concurrent callers each goes to one. One whose lease ran out is due again.
   */
  claim(options: { readonly limit: number; readonly leaseMs: number }): Promise<readonly ClaimedDelivery[]>
  /** Ends it. False, and no effect, once the claim is lost or ended. */
  settle(
    claim: Claim,
    ended: { readonly status: 'delivered' | 'dead'; readonly result: string },
  ): Promise<boolean>
  /** Ends the attempt: due again at `retryAt`. False, and no effect, once the claim is lost or ended. */
  defer(claim: Claim, failure: { readonly retryAt: Date; readonly result: string }): Promise<boolean>
  /** Gives up whatever is pending in a lane, and takes it from those who work on it. Returns how many those were. */
  abandon(lane: DeliveryLane, result: string): Promise<number>
  /** The log of a lane, of what a tenant's events came to, or with null those of the platform; newest first. */
  list(tenantId: Id<'ten'> | null, lane: DeliveryLane, page: PageRequest): Promise<readonly DeliveryRecord[]>
  /** For operators: the log of every lane, whosoever; newest first. */
  listAll(filter: DeliveryFilter, page: PageRequest): Promise<readonly DeliveryRecord[]>
  /** For operators: one delivery, whosoever. */
  find(id: Id<'dlv'>): Promise<DeliveryRecord | null>
  /**
   * Begins a delivery of the tenant's, or with null of the platform's, again that has ended, with all attempts before it, and
   * records `events` with it. Null, and no effect, when there is none; of concurrent callers one succeeds.
   */
  redeliver(
    tenantId: Id<'ten'> | null,
    route: string,
    id: Id<'dlv'>,
    events: readonly DomainEvent[],
  ): Promise<DeliveryRecord | null>
  /** Forgets what ended before; returns how many. */
  purge(endedBefore: Date): Promise<number>
  depth(): Promise<{ readonly pending: number; readonly dead: number }>
}
