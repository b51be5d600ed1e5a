import type { Id } from '../kernel/id.ts'
import type { ActivityMark } from './activity-mark.ts'
import type { AuditMark } from './audit-mark.ts'

/** Something that happened, to be told to others after the transaction that made it true. */
export interface DomainEvent<Type extends string = string, Payload = unknown> {
  readonly type: Type
  /** The tenant it happened to; null for the platform. */
  readonly tenantId: Id<'ten'> | null
  /** Plain JSON, without secrets: it is stored in the clear. */
  readonly payload: Payload
  /** Present when it belongs into the audit trail: then recording it writes the row there too. */
  readonly audit?: AuditMark
  /** Present when members of the tenant are shown it. The outbox keeps it for the handlers. */
  readonly activity?: ActivityMark
}

/** A domain event as the outbox keeps it, which is without its audit mark. Handlers are idempotent by `id`. */
export interface RecordedEvent<Type extends string = string, Payload = unknown> extends Omit<
  DomainEvent<Type, Payload>,
  'audit'
> {
  readonly id: Id<'evt'>
  readonly occurredAt: Date
}

/** Writes events, and the rows of the audit trail that they call for, in the same transaction as the change they describe. */
export interface EventRecorder {
  record(...events: readonly DomainEvent[]): Promise<void>
}

export interface OutboxEntry extends RecordedEvent {
  /** Deliveries begun so far, this one included. */
  readonly attempts: number
}

/** The committed events that are still to be delivered. Delivery is at least once. */
export interface Outbox {
  /**
   * Takes up to `limit` due entries, longest due first, and hides them from other callers for `leaseMs` milliseconds. They come in
   * the order in which they were recorded. Of concurrent callers each entry goes to one. An entry whose lease ran out is due again.
   */
  claim(options: { readonly limit: number; readonly leaseMs: number }): Promise<readonly OutboxEntry[]>
  /** Forgets entries, for they were delivered. Doing so twice, or for an unknown entry, changes nothing. */
  settle(ids: readonly Id<'evt'>[]): Promise<void>
  /** Gives an entry back after a failure: due again at `retryAt`, or never when null (a dead letter). */
  defer(id: Id<'evt'>, failure: { readonly retryAt: Date | null; readonly error: string }): Promise<void>
  /** How many entries wait, and how many are dead letters. */
  depth(): Promise<{ readonly pending: number; readonly dead: number }>
}
