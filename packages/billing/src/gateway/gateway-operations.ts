import * as z from 'zod'
import type {
  GatewayCheckout,
  GatewayCustomer,
  GatewayPaymentMethod,
  GatewaySubscription,
} from './gateway-objects.ts'

const time = z.iso.datetime()
/** How many the tenant has asked for, to be kept with the subscription; absent: as before, and for a new one as many as there are members. */
const chosenSeats = z.int().min(1).optional()
const line = z.object({
  priceId: z.string(),
  /** Absent for metered prices. */
  quantity: z.int().min(0).optional(),
})

/**
 * What the gateway can be told to do. Inputs are JSON, so that they can be recorded before they are sent; they say how things
 * are to be, never by how much, so that sending one twice comes to the same.
 */
export const gatewayInputs = {
  createCustomer: z.object({
    tenantId: z.string(),
    name: z.string().optional(),
    email: z.string().optional(),
  }),
  startSubscription: z.object({
    customerId: z.string(),
    tenantId: z.string(),
    items: z.array(line).min(1).readonly(),
    trialEnd: time.optional(),
    /** What becomes of it when the trial ends without a payment method. */
    trialWithoutPayment: z.enum(['cancel', 'pause', 'create_invoice']).optional(),
    chosenSeats,
  }),
  /** Prices and quantities from now on. */
  changeSubscription: z.object({
    subscriptionId: z.string(),
    /** Those that are to remain, all of them; an `id` keeps the item that has it. */
    items: z
      .array(line.extend({ id: z.string().optional() }))
      .min(1)
      .readonly(),
    /** Items of now that are to go. */
    removedItems: z.array(z.string()).readonly().optional(),
    /** `next-invoice` settles the difference with the next invoice, `now` with one of its own, `none` never. */
    proration: z.enum(['next-invoice', 'now', 'none']),
    /** As of when the difference counts: that of the preview. */
    prorationAt: time.optional(),
    chosenSeats,
  }),
  /** Prices and quantities from the end of the present period on; replaces a change that was scheduled before. */
  scheduleChange: z.object({
    subscriptionId: z.string(),
    items: z.array(line).min(1).readonly(),
    chosenSeats,
  }),
  /** Takes a scheduled change back. */
  cancelScheduledChange: z.object({ subscriptionId: z.string() }),
  cancelSubscription: z.object({ subscriptionId: z.string(), when: z.enum(['now', 'period-end']) }),
  /** Takes back a cancellation that has not come into force, and wakes a paused one. */
  resumeSubscription: z.object({ subscriptionId: z.string() }),
  createCheckout: z.object({
    customerId: z.string(),
    tenantId: z.string(),
    items: z.array(line).min(1).readonly(),
    trialDays: z.int().min(1).max(730).optional(),
    successUrl: z.url(),
    cancelUrl: z.url(),
    chosenSeats,
  }),
  /** Nothing can be bought on its page from then on; one that is complete or expired already stays as it is. */
  expireCheckout: z.object({ checkoutId: z.string() }),
  openPortal: z.object({ customerId: z.string(), returnUrl: z.url() }),
  createSetupIntent: z.object({ customerId: z.string() }),
  setDefaultPaymentMethod: z.object({ customerId: z.string(), paymentMethodId: z.string() }),
  detachPaymentMethod: z.object({ customerId: z.string(), paymentMethodId: z.string() }),
}

type Inputs = { readonly [K in keyof typeof gatewayInputs]: z.infer<(typeof gatewayInputs)[K]> }

interface Outputs {
  readonly createCustomer: GatewayCustomer
  readonly startSubscription: GatewaySubscription
  readonly changeSubscription: GatewaySubscription
  readonly scheduleChange: GatewaySubscription
  readonly cancelScheduledChange: GatewaySubscription
  readonly cancelSubscription: GatewaySubscription
  readonly resumeSubscription: GatewaySubscription
  readonly createCheckout: GatewayCheckout
  readonly expireCheckout: GatewayCheckout
  /** The address is a credential: whoever has it is signed in there. Not to be stored or logged. */
  readonly openPortal: { readonly url: string }
  /** `clientSecret` goes to the browser that asked, and nowhere else. */
  readonly createSetupIntent: { readonly id: string; readonly clientSecret: string }
  readonly setDefaultPaymentMethod: GatewayCustomer
  readonly detachPaymentMethod: GatewayPaymentMethod
}

export type GatewayOperation = keyof Inputs
export type GatewayInput<K extends GatewayOperation> = Inputs[K]
export type GatewayOutput<K extends GatewayOperation> = Outputs[K]

/** One method for each operation; `key` is the idempotency key. */
export type GatewayOperations = {
  readonly [K in GatewayOperation]: (input: Inputs[K], key: string) => Promise<Outputs[K]>
}
