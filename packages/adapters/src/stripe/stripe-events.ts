import {
  type EventReading,
  GatewayErrors,
  type GatewayEvent,
  gatewayObject,
  type GatewayObject,
  type GatewayObjectType,
  type VerifiedEvent,
  type WebhookDelivery,
} from '@corbel/billing/ports'
import type { Stripe } from 'stripe'
import {
  isoTime,
  toCheckout,
  toCustomer,
  toInvoice,
  toPaymentMethod,
  toSubscription,
} from './stripe-objects.ts'

const toleranceSeconds = 300

/** Stripe's names of what billing keeps. */
const kinds: Readonly<Record<string, GatewayObjectType>> = {
  subscription: 'subscription',
  invoice: 'invoice',
  customer: 'customer',
  payment_method: 'payment_method',
  'checkout.session': 'checkout',
}

/** Shows an invoice that there is not: the one of that time will have another id. */
const announcement = 'invoice.upcoming'
/** Show their object as it was before; a thin event has the name of its snapshot behind `v1.`. */
const customerDeletion = /^(v1\.)?customer\.deleted$/
const draftDeletion = 'invoice.deleted'

/** Verifies one delivery with the client's own verifier, once for each secret. */
export async function verifyDelivery(
  signature: Stripe['webhooks']['signature'],
  { body, signature: header, secrets, now }: WebhookDelivery,
): Promise<VerifiedEvent> {
  const secretNo = await signedWith(signature, body, header, secrets)
  // Of several the verifier takes the last; a header that names two moments is nothing that Stripe sends.
  const moments = [...(header ?? '').matchAll(/(?:^|,)\s*t=(\d{1,12})(?=,|$)/g)]
  if (moments.length !== 1) throw GatewayErrors.invalidSignature()
  if (Math.abs(now.getTime() / 1000 - Number(moments[0]?.[1])) > toleranceSeconds)
    throw GatewayErrors.signatureOutOfTime()
  const event = eventOf(parsed(body))
  if (event === null) throw GatewayErrors.notAnEvent()
  return { event, secretNo }
}

async function signedWith(
  signature: Stripe['webhooks']['signature'],
  body: Uint8Array<ArrayBuffer>,
  header: string | null,
  secrets: WebhookDelivery['secrets'],
): Promise<number> {
  for (const [secretNo, secret] of secrets.entries()) {
    try {
      // 0 leaves the age to us: the verifier lets any moment of the future pass.
      await signature?.verifyHeaderAsync(body, header ?? '', secret.reveal().trim(), 0)
      return secretNo
    } catch {
      // Signed with another secret, or not at all.
    }
  }
  throw GatewayErrors.invalidSignature()
}

function parsed(body: Uint8Array<ArrayBuffer>): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    throw GatewayErrors.notAnEvent()
  }
}

/** Of a delivery or of the list of events; null for what is neither a snapshot nor a thin event. */
export function eventOf(payload: unknown): GatewayEvent | null {
  if (!isRecord(payload)) return null
  const { id, type, livemode, object } = payload
  if (typeof id !== 'string' || typeof type !== 'string' || typeof livemode !== 'boolean') return null
  if (id === '' || type === '') return null
  const about = { id, type, livemode, payload }
  if (object === 'event') return snapshotOf(about)
  return object === 'v2.core.event' ? thinOf(about) : null
}

type About = Pick<GatewayEvent, 'id' | 'type' | 'livemode' | 'payload'>

function snapshotOf(about: About): GatewayEvent | null {
  const { created, account, api_version: version, data } = about.payload
  const of = isRecord(data) ? data['object'] : undefined
  if (typeof created !== 'number' || !isRecord(of)) return null
  return {
    ...about,
    kind: 'snapshot',
    account: textOrNull(account),
    apiVersion: textOrNull(version),
    createdAt: isoTime(created),
    object: reference(of['object'], of['id']),
    twinId: null,
  }
}

function thinOf(about: About): GatewayEvent | null {
  const { created, context, related_object: related, snapshot_event: twin } = about.payload
  const at = typeof created === 'string' ? Date.parse(created) : Number.NaN
  if (Number.isNaN(at)) return null
  return {
    ...about,
    kind: 'thin',
    account: textOrNull(context),
    apiVersion: null,
    createdAt: new Date(at).toISOString(),
    object: isRecord(related) ? reference(related['type'], related['id']) : null,
    twinId: textOrNull(twin),
  }
}

/** What a stored event says of its object, when `version` is the one that the parser is written for. */
export function readEvent(payload: GatewayEvent['payload'], version: string): EventReading {
  const event = eventOf(payload)
  const type = kinds[event?.object?.type ?? '']
  if (event?.object === null || event === null || type === undefined) return { is: 'foreign' }
  if (event.type === announcement) return { is: 'foreign' }
  const asReference = { is: 'reference', object: { type, id: event.object.id } } as const
  if (customerDeletion.test(event.type)) return { is: 'customer-deleted', customerId: event.object.id }
  if (event.kind === 'thin' || event.apiVersion !== version || event.type === draftDeletion)
    return asReference
  try {
    const data = payload['data'] as { readonly object: unknown }
    return { is: 'snapshot', object: gatewayObject.parse(objectOf(type, data.object)) }
  } catch {
    return asReference
  }
}

function objectOf(type: GatewayObjectType, object: unknown): GatewayObject {
  switch (type) {
    case 'subscription':
      return { type, value: toSubscription(object as Stripe.Subscription) }
    case 'invoice':
      return { type, value: toInvoice(object as Stripe.Invoice) }
    case 'customer':
      return { type, value: toCustomer(object as Stripe.Customer) }
    case 'payment_method':
      return { type, value: toPaymentMethod(object as Stripe.PaymentMethod) }
    case 'checkout':
      return { type, value: toCheckout(object as Stripe.Checkout.Session) }
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const textOrNull = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : null
const reference = (type: unknown, id: unknown): GatewayEvent['object'] =>
  typeof type === 'string' && typeof id === 'string' ? { type, id } : null
