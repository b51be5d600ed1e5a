import { defineMetrics } from '@corbel/core'

export const BillingMetrics = defineMetrics({
  received: {
    name: 'corbel_billing_events_received_total',
    kind: 'counter',
    help: 'Events of the payment provider that were stored, or known already (duplicate).',
    labels: ['outcome'],
  },
  applied: {
    name: 'corbel_billing_events_ended_total',
    kind: 'counter',
    help: 'Events of the payment provider that ended: done, superseded, ignored, dead, or put off (retry, busy).',
    labels: ['outcome'],
  },
  usageReported: {
    name: 'corbel_billing_usage_reported_total',
    kind: 'counter',
    help: 'Records of usage that the payment provider has (sent), refused, or is not told of (local).',
    labels: ['outcome'],
  },
  usagePending: {
    name: 'corbel_billing_usage_pending',
    kind: 'gauge',
    help: 'Records of usage that the payment provider is not told of yet.',
    labels: [],
  },
  pending: {
    name: 'corbel_billing_inbox_pending',
    kind: 'gauge',
    help: 'Stored events of the payment provider that are not applied yet.',
    labels: [],
  },
  dead: {
    name: 'corbel_billing_inbox_dead',
    kind: 'gauge',
    help: 'Stored events of the payment provider that were given up.',
    labels: [],
  },
  oldest: {
    name: 'corbel_billing_inbox_oldest_seconds',
    kind: 'gauge',
    help: 'For how long the event that is due longest has waited.',
    labels: [],
  },
})
