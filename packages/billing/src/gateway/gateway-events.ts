import type { Secret } from '@corbel/core'
import type { GatewayObject } from './gateway-objects.ts'

/** An event as it arrived, not interpreted yet. */
export interface GatewayEvent {
  readonly id: string
  /** `snapshot` carries the object as it was, `thin` only says which one it is about. */
  readonly kind: 'snapshot' | 'thin'
  /** The gateway's name for what happened; also one that nobody here knows. */
  readonly type: string
  /** The connected account it is about; null for our own. */
  readonly account: string | null
  readonly livemode: boolean
  /** The version of the API that shaped a snapshot. */
  readonly apiVersion: string | null
  /** When the gateway made it; gateways count whole seconds, so that two events may say the same. */
  readonly createdAt: string
  /** The gateway's name of the kind of object, and its id; null for events about nothing in particular. */
  readonly object: { readonly type: string; readonly id: string } | null
  /** Of a thin event: the id of the snapshot event about the same thing. */
  readonly twinId: string | null
  /** All of it, as the gateway wrote it. */
  readonly payload: Readonly<Record<string, unknown>>
}

export interface WebhookDelivery {
  /** The bytes that arrived, not decoded and encoded again. */
  readonly body: Uint8Array<ArrayBuffer>
  /** The signature header, null when there is none. */
  readonly signature: string | null
  /** Those that are in force, the newest first; two while one takes over from the other. */
  readonly secrets: readonly Secret[]
  readonly now: Date
}

export interface VerifiedEvent {
  readonly event: GatewayEvent
  /** Which of `secrets` it was signed with, counted from 0. */
  readonly secretNo: number
}

/** What a stored event says of the state of its object. */
export type EventReading =
  | { readonly is: 'snapshot'; readonly object: GatewayObject }
  /** Thin, or of another version of the API: only the gateway can say what the object is like. */
  | { readonly is: 'reference'; readonly object: Pick<GatewayObject, 'type'> & { readonly id: string } }
  /** The customer is no more, and its id never comes back. */
  | { readonly is: 'customer-deleted'; readonly customerId: string }
  /** About something that billing does not keep. */
  | { readonly is: 'foreign' }
