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
