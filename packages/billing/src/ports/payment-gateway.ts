import type { PortAdapter } from '@corbel/core/ports'
import type { CatalogGateway } from './catalog-gateway.ts'
import type { EventReading, GatewayEvent, VerifiedEvent, WebhookDelivery } from '../gateway/gateway-events.ts'
import type {
  GatewayInvoice,
  GatewayObject,
  GatewayObjectType,
  GatewayPaymentMethod,
  GatewayPreview,
} from '../gateway/gateway-objects.ts'
import type { GatewayInput, GatewayOperation, GatewayOperations } from '../gateway/gateway-operations.ts'

export interface GatewayPage<T> {
  /** Newest first. */
  readonly items: readonly T[]
  /** To go on after this page; null at the end. */
  readonly next: string | null
}

/** How often a meter was used. */
export interface GatewayUsage {
  /** Names the record for ever: what was reported under it counts once. At most 100 characters. */
  readonly id: string
  /** The meter's event name. */
  readonly meter: string
  readonly customerId: string
  /** A decimal number of at most 15 digits, not below zero. */
  readonly quantity: string
  readonly occurredAt: string
}

export type UsageOutcome =
  | { readonly id: string; readonly is: 'accepted' | 'duplicate' }
  /** Sending it again will fail again: there is no such meter, or it is too old. */
  | { readonly id: string; readonly is: 'refused'; readonly reason: string }

/**
 * Takes the money: keeps customers, subscriptions and invoices, and tells of what happens to them by signed events.
 *
 * Every operation has an idempotency key of at most 255 characters. Asked again with the same key and the same input, also at
 * once, it answers what it answered before, or with `gateway/busy` while the first is on its way, and nothing happens a second time; it remembers keys for 24 hours at least.
 * Things that are made bear the key, so that {@link PaymentGateway.findByKey} finds them after that. Nobody makes up a key:
 * it is derived from what was recorded before the call.
 *
 * An operation that rejects with `gateway/unavailable` may have happened. Everything else that it rejects with says that it did not.
 * Objects are read as they are now, never from a cache.
 *
 * @throws `gateway/declined` when a payment method was turned down.
 * @throws `gateway/refused` for input that can never be accepted.
 * @throws `gateway/not-found` when an id in the input is not known.
 * @throws `gateway/key-reused` when the key was used with other input; nothing happens.
 * @throws `gateway/busy` when it wants to be asked later, `gateway/unavailable` when there was no answer or a failure on its side.
 * @throws `gateway/misconfigured` when it does not accept our credentials.
 */
export interface PaymentGateway extends PortAdapter, GatewayOperations {
  /** Products, prices and meters. */
  readonly catalog: CatalogGateway
  /** Whether real money moves; events of the other mode are not ours. */
  readonly livemode: boolean
  /** What the change would cost now. Changes nothing. */
  preview(change: GatewayChange): Promise<GatewayPreview>
  listPaymentMethods(customerId: string): Promise<readonly GatewayPaymentMethod[]>
  /** @param after - `next` of the page before. */
  listInvoices(customerId: string, after?: string): Promise<GatewayPage<GatewayInvoice>>
  /** The object as it is; null when there is none. A subscription that ended and a customer who was deleted are still there. */
  retrieve(type: GatewayObjectType, id: string): Promise<GatewayObject | null>
  /**
   * What an operation with this key has made, when the gateway has forgotten the key itself; null when it did not happen.
   * Exact, not by an index that lags behind.
   */
  findByKey(
    operation: KeyedOperation,
    key: string,
    where: { readonly customerId?: string; readonly since: string },
  ): Promise<GatewayObject | null>
  /**
   * Events of the gateway created at or after `since`, for those that were never delivered; it keeps them 30 days.
   *
   * @param after - `next` of the page before.
   */
  listEvents(since: string, after?: string): Promise<GatewayPage<GatewayEvent>>
  /** All subscriptions that have not ended. @param after - `next` of the page before. */
  listSubscriptions(after?: string): Promise<GatewayPage<GatewayObject & { readonly type: 'subscription' }>>
  /**
   * Reports usage, one outcome for each record in their order. A record whose outcome is missing after a rejection is reported again.
   *
   * @throws `gateway/busy`, `gateway/unavailable`, `gateway/misconfigured`; records before that may have been accepted.
   */
  reportUsage(records: readonly GatewayUsage[]): Promise<readonly UsageOutcome[]>
  /**
   * Makes sure that the gateway sent these bytes, at most 300 s from `now` in either direction, and reads what they say of
   * themselves. No network call. Any one of the secrets is enough, and any one signature of the header.
   *
   * @throws `gateway/invalid-signature`, `gateway/signature-out-of-time`; `gateway/not-an-event` for signed bytes that are no event.
   */
  verify(delivery: WebhookDelivery): Promise<VerifiedEvent>
  /** What the payload of a stored event says of its object. No network call. Never throws: what cannot be read is a reference or foreign. */
  read(payload: GatewayEvent['payload']): EventReading
}

/** Operations that make something which bears the key. */
export type KeyedOperation = Extract<
  GatewayOperation,
  'createCustomer' | 'startSubscription' | 'createCheckout'
>

/** A change to preview: a new subscription, or one that exists. */
export type GatewayChange =
  | ({ readonly of: 'new' } & Pick<GatewayInput<'startSubscription'>, 'customerId' | 'items' | 'trialEnd'>)
  | ({ readonly of: 'existing'; readonly customerId: string } & GatewayInput<'changeSubscription'>)
  /** Nothing changes: the next invoice. */
  | { readonly of: 'none'; readonly customerId: string; readonly subscriptionId: string }
