import { randomBytes } from 'node:crypto'
import type { Clock } from '@corbel/core/ports'
import type { Stripe } from 'stripe'
import { missing } from './api-error.ts'
import type { Form } from './form.ts'

/** The id behind a field that may be expanded; empty for none. */
export const refId = (ref: string | { readonly id: string } | null | undefined): string =>
  typeof ref === 'string' ? ref : (ref?.id ?? '')

/** What this Stripe keeps, by the name in `object`. */
export interface Kinds {
  readonly customer: Stripe.Customer
  readonly product: Stripe.Product
  readonly price: Stripe.Price
  readonly 'billing.meter': Stripe.Billing.Meter
  readonly 'billing.meter_event': Stripe.Billing.MeterEvent & { readonly id: string }
  readonly payment_method: Stripe.PaymentMethod
  readonly setup_intent: Stripe.SetupIntent
  readonly subscription: Stripe.Subscription
  readonly subscription_schedule: Stripe.SubscriptionSchedule
  readonly invoice: Stripe.Invoice
  readonly invoiceitem: Stripe.InvoiceItem
  readonly 'checkout.session': Stripe.Checkout.Session
}
export type Kind = keyof Kinds

/** An event as it is sent, byte for byte. */
export interface WorldEvent {
  readonly id: string
  readonly object: 'event'
  readonly api_version: string
  readonly created: number
  readonly data: { readonly object: unknown; readonly previous_attributes?: Record<string, unknown> }
  readonly livemode: false
  readonly pending_webhooks: number
  readonly request: { readonly id: string | null; readonly idempotency_key: string | null }
  readonly type: string
}

interface Answer {
  readonly hash: string
  readonly status: number
  readonly body: string
  readonly at: number
}

export interface Delivery {
  readonly eventId: string
  readonly attempts: number
  readonly dueAt: number
}

/** Everything that survives a restart, as JSON. */
export interface WorldState {
  /** Seconds by which this world is ahead of the clock. */
  ahead: number
  readonly objects: Record<string, Kinds[Kind]>
  readonly events: WorldEvent[]
  readonly answers: Record<string, Answer>
  deliveries: Delivery[]
  /** Lines that wait for the next invoice of their subscription. */
  readonly pendingLines: Record<string, readonly Stripe.InvoiceLineItem[]>
  /** What was ordered, until somebody pays for it. */
  readonly orders: Record<string, Form>
  /** What has happened once and shall not again, and which cards are declined. */
  readonly marks: Record<string, true>
}

export const emptyState = (): WorldState => ({
  ahead: 0,
  objects: {},
  events: [],
  answers: {},
  deliveries: [],
  pendingLines: {},
  orders: {},
  marks: {},
})

/** A state to go back to. Objects are replaced, never changed, so that the collections alone are copied. */
export const snapshotOf = (state: WorldState): WorldState => ({
  ahead: state.ahead,
  objects: { ...state.objects },
  events: [...state.events],
  answers: { ...state.answers },
  deliveries: [...state.deliveries],
  pendingLines: { ...state.pendingLines },
  orders: { ...state.orders },
  marks: { ...state.marks },
})

/** Objects are replaced, never changed, so that a request that fails is undone. */
export class World {
  state: WorldState
  /** A checkout is at its id below this. */
  checkoutUrl = 'https://checkout.stripe.com/c/pay/'
  /** Under which key the present request came. */
  requestKey: string | null = null
  readonly apiVersion: string
  readonly #clock: Clock
  /** While time is made to pass, the moment that is being lived through. */
  #moment: number | null = null

  constructor(state: WorldState, apiVersion: string, clock: Clock) {
    this.state = state
    this.apiVersion = apiVersion
    this.#clock = clock
  }

  /** Seconds since the epoch on the clock of whoever runs this; events and signatures bear them. */
  realNow(): number {
    return Math.floor(this.#clock.now().getTime() / 1000)
  }

  /** Seconds since the epoch in this world; objects bear them. */
  now(): number {
    return this.#moment ?? this.realNow() + this.state.ahead
  }

  at(moment: number | null): void {
    this.#moment = moment
  }

  newId(prefix: string): string {
    return `${prefix}_${randomBytes(12).toString('hex')}`
  }

  find<K extends Kind>(kind: K, id: string): Kinds[K] | undefined {
    const object = this.state.objects[id]
    return object?.object === kind ? (object as Kinds[K]) : undefined
  }

  /** @param param - Where the request names it; absent when it is in the address. */
  get<K extends Kind>(kind: K, id: string, param?: string): Kinds[K] {
    const object = this.find(kind, id)
    if (object === undefined) throw missing(kind.replaceAll(/[._]/g, ' '), id, param)
    return object
  }

  remove({ id }: { readonly id: string }): void {
    delete this.state.objects[id]
  }

  /** What is left of a customer who was deleted. */
  deletedCustomer(id: string): Stripe.DeletedCustomer | undefined {
    return this.state.marks[`deleted:${id}`] === true ? { id, object: 'customer', deleted: true } : undefined
  }

  /** Oldest first. */
  all<K extends Kind>(kind: K): Kinds[K][] {
    return Object.values(this.state.objects).filter((object) => object.object === kind) as Kinds[K][]
  }

  put<K extends Kind>(object: Kinds[K]): Kinds[K] {
    this.state.objects[object.id] = object
    return object
  }

  /** Puts an object in the place of what it was and tells of it. */
  change<K extends Kind>(type: string | null, before: Kinds[K], change: Partial<Kinds[K]>): Kinds[K] {
    const after = this.put<K>({ ...before, ...change })
    const previous = Object.entries(before).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(after[name as keyof Kinds[K]]),
    )
    if (type !== null && previous.length > 0) this.emit(type, after, Object.fromEntries(previous))
    return after
  }

  emit(type: string, object: unknown, previous?: Record<string, unknown>): void {
    const event: WorldEvent = {
      id: this.newId('evt'),
      object: 'event',
      api_version: this.apiVersion,
      created: this.realNow(),
      data: { object, ...(previous !== undefined && { previous_attributes: previous }) },
      livemode: false,
      pending_webhooks: 1,
      request: { id: null, idempotency_key: this.requestKey },
      type,
    }
    this.state.events.push(event)
    this.state.deliveries.push({ eventId: event.id, attempts: 0, dueAt: event.created })
  }

  /** True the first time. */
  once(mark: string): boolean {
    if (this.state.marks[mark] === true) return false
    this.state.marks[mark] = true
    return true
  }
}
