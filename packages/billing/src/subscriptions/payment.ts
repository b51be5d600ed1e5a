import * as z from 'zod'
import { gatewayPaymentMethod, invoiceLine, invoiceStatuses } from '../gateway/gateway-objects.ts'
import { StartSubscription } from './subscription.ts'

const time = z.iso.datetime()

/** Where the front end goes on afterwards: a path of its own, never another site. */
const path = z
  .string()
  .max(500)
  .regex(/^\/(?![/\\])[^\s\\]*$/, 'must be a path, such as /billing')
  .default('/')

export const OpenCheckout = StartSubscription.extend({ successPath: path, cancelPath: path })
export type OpenCheckout = z.infer<typeof OpenCheckout>

export const Checkout = z.object({ id: z.string(), url: z.string(), expiresAt: time })
export const OpenPortal = z.strictObject({ returnPath: path })
export const Portal = z.object({ url: z.string() })
export const SetupIntent = z.object({ id: z.string(), clientSecret: z.string() })

export const PaymentMethod = gatewayPaymentMethod
  .omit({ customerId: true })
  .extend({ isDefault: z.boolean() })
export type PaymentMethod = z.infer<typeof PaymentMethod>
export const PaymentMethods = z.object({ data: z.array(PaymentMethod).readonly() })

/** Amounts are whole units of the smallest denomination of the currency. */
export const Invoice = z.object({
  id: z.string(),
  number: z.string().nullable(),
  status: z.enum(invoiceStatuses),
  currency: z.string(),
  subtotal: z.int(),
  total: z.int(),
  amountDue: z.int(),
  amountPaid: z.int(),
  attempts: z.int(),
  nextAttemptAt: time.nullable(),
  periodStart: time,
  periodEnd: time,
  dueAt: time.nullable(),
  paidAt: time.nullable(),
  hostedUrl: z.string().nullable(),
  pdfUrl: z.string().nullable(),
  lines: z.array(invoiceLine.omit({ priceId: true })).readonly(),
  createdAt: time,
})
export type Invoice = z.infer<typeof Invoice>
