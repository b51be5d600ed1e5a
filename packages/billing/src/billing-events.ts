import { defineEvents, idSchema } from '@corbel/core'
import * as z from 'zod'
import { invoiceStatuses, subscriptionStatuses } from './gateway/gateway-objects.ts'

const status = z.enum(subscriptionStatuses)

/** `version` grows with every change of the object: what was told of a version need not be told again. */
const subscription = z.object({ subscriptionId: z.string(), status, version: z.int() })

const command = z.object({ commandId: idSchema('cmd'), operation: z.string() })

export const BillingEvents = defineEvents({
  subscriptionChanged: {
    type: 'billing.subscription.changed',
    summary: 'A subscription is new, or its state, plan, seats, period or end has changed.',
    payload: subscription.extend({
      previousStatus: status.nullable(),
      changes: z.array(z.string()).readonly(),
    }),
    audit: {},
  },
  subscriptionActivated: {
    type: 'billing.subscription.activated',
    summary: 'A subscription became active or began its trial, for the first time or after an interruption.',
    payload: subscription,
    notice: 'info',
    audit: {},
  },
  subscriptionEnded: {
    type: 'billing.subscription.ended',
    summary: 'A subscription is over for good.',
    payload: subscription,
    notice: 'critical',
    audit: {},
  },
  subscriptionDuplicated: {
    type: 'billing.subscription.duplicated',
    summary:
      'A subscription came to be beside another one of its tenant that has not ended: both are charged.',
    payload: subscription.extend({ otherIds: z.array(z.string()).readonly() }),
    audit: { subject: 'subscriptionId' },
  },
  changeRequested: {
    type: 'billing.change.requested',
    summary: 'The payment provider is to be told to do something for a tenant.',
    payload: command,
    audit: { subject: 'commandId' },
  },
  changeFailed: {
    type: 'billing.change.failed',
    summary: 'The payment provider has refused what it was told, or could not be told for a day.',
    payload: command.extend({ reason: z.string() }),
    notice: 'warning',
    audit: { subject: 'commandId', outcome: 'failure' },
  },
  eventsReplayed: {
    type: 'billing.inbox.replayed',
    summary: 'An operator had events of the payment provider applied again.',
    payload: z.object({
      ids: z.array(z.string()).readonly().optional(),
      type: z.string().optional(),
      tenantId: idSchema('ten').optional(),
      status: z.string().optional(),
      objectId: z.string().optional(),
      from: z.string().optional(),
      until: z.string().optional(),
      count: z.int(),
    }),
    audit: {},
  },
  reconciled: {
    type: 'billing.state.reconciled',
    summary:
      'What the payment provider has, and what is known of it here, differed; what was missed was taken over.',
    payload: z.object({ missedEvents: z.int(), differences: z.int() }),
    audit: {},
  },
  quotaExceeded: {
    type: 'billing.quota.exceeded',
    summary:
      'A tenant has used more than its plan allows of something that goes on nevertheless; told once a period.',
    payload: z.object({
      featureKey: z.string(),
      limit: z.int(),
      used: z.int(),
      /** When counting begins anew; null for what is never counted anew. */
      resetAt: z.iso.datetime().nullable(),
    }),
    notice: 'warning',
    audit: {},
  },
  invoiceChanged: {
    type: 'billing.invoice.changed',
    summary: 'An invoice is new, or its state or what was paid of it has changed.',
    payload: z.object({
      invoiceId: z.string(),
      status: z.enum(invoiceStatuses),
      previousStatus: z.enum(invoiceStatuses).nullable(),
      currency: z.string(),
      total: z.int(),
      amountPaid: z.int(),
      attempts: z.int(),
      version: z.int(),
    }),
    audit: {},
  },
})
