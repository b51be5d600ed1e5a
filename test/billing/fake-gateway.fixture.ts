import { newId } from '@corbel/core'
import {
  type GatewayEvent,
  type GatewayObject,
  GatewayErrors,
  type GatewaySubscription,
  type PaymentGateway,
} from '@corbel/billing/ports'

export const subscription = (change: Partial<GatewaySubscription> = {}): GatewaySubscription => ({
  id: 'sub_1',
  customerId: 'cus_1',
  tenantId: null,
  status: 'active',
  items: [],
  chosenSeats: null,
  currency: 'usd',
  periodStart: '2026-01-01T00:00:00.000Z',
  periodEnd: '2026-02-01T00:00:00.000Z',
  trialEnd: null,
  cancelAt: null,
  canceledAt: null,
  endedAt: null,
  hasPendingUpdate: false,
  scheduleId: null,
  latestInvoiceId: null,
  createdAt: '2026-01-01T00:00:00.000Z',
  ...change,
})

interface Told {
  readonly type?: string
  /** Seconds after the beginning of 2026. */
  readonly at?: number
  readonly object?: GatewayObject
  /** Only names its object. */
  readonly thin?: boolean
  readonly change?: Partial<GatewayEvent>
}

const epoch = Date.parse('2026-01-01T00:00:00Z')

/** An event as the fake writes it, and the body that says so. */
export function tell({ type = 'customer.subscription.updated', at = 0, object, thin = false, change }: Told) {
  const id = newId('evt')
  const event: GatewayEvent = {
    id,
    kind: thin ? 'thin' : 'snapshot',
    type,
    account: null,
    livemode: false,
    apiVersion: 'now',
    twinId: null,
    createdAt: new Date(epoch + at * 1000).toISOString(),
    object: object ? { type: object.type, id: object.value.id } : null,
    payload: object ? { thin, object } : {},
    ...change,
  }
  return { event, body: JSON.stringify(event) }
}

export const told = (value: GatewaySubscription): GatewayObject => ({ type: 'subscription', value })

/** The part of a gateway that speaks first. Its signature is the word `signed`, and it counts the questions that it is asked. */
export function fakeGateway() {
  const objects = new Map<string, GatewayObject>()
  const asked: string[] = []
  let failure: Error | null = null
  const part: Pick<PaymentGateway, 'adapter' | 'livemode' | 'read' | 'retrieve' | 'verify'> = {
    adapter: { name: 'fake' },
    livemode: false,
    async retrieve(type, id) {
      asked.push(`${type} ${id}`)
      if (failure) throw failure
      return objects.get(`${type} ${id}`) ?? null
    },
    async verify({ body, signature }) {
      if (signature !== 'signed') throw GatewayErrors.invalidSignature()
      const event = JSON.parse(new TextDecoder().decode(body)) as GatewayEvent | null
      if (event === null) throw GatewayErrors.notAnEvent()
      return { event, secretNo: 0 }
    },
    read(payload) {
      const { object, thin } = payload as { readonly object?: GatewayObject; readonly thin?: boolean }
      if (!object) return { is: 'foreign' }
      return thin
        ? { is: 'reference', object: { type: object.type, id: object.value.id } }
        : { is: 'snapshot', object }
    },
  }
  return {
    gateway: part as PaymentGateway,
    asked,
    /** What it answers from now on. */
    has: (...list: readonly GatewayObject[]) => {
      for (const object of list) objects.set(`${object.type} ${object.value.id}`, object)
    },
    fails: (error: Error | null) => {
      failure = error
    },
  }
}
