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
  duplicated: {
    name: 'corbel_billing_subscriptions_duplicated_total',
    kind: 'counter',
    help: 'Subscriptions that came to be beside another one of their tenant that has not ended.',
    labels: [],
  },
  usageReported: {
    name: 'corbel_billing_usage_reported_total',
    kind: 'counter',
    help: 'Records of usage that the payment provider has (sent), refused, or is not told of (local).',
    labels: ['outcome'],
  },
  gatewayCalls: {
    name: 'corbel_billing_gateway_calls_total',
    kind: 'counter',
    help: 'Calls to the payment provider: ok, or the code of what it answered instead; failed for what no catalogue expects.',
    labels: ['operation', 'outcome'],
  },
  gatewayDuration: {
    name: 'corbel_billing_gateway_duration_seconds',
    kind: 'histogram',
    help: 'Time that the payment provider took to answer, retries of its client included.',
    labels: ['operation'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 60],
  },
  streamed: {
    name: 'corbel_billing_stream_events_total',
    kind: 'counter',
    help: 'Events that were appended to the stream of their tenant, or put off because it could not be reached (put-off).',
    labels: ['outcome'],
  },
  streamReaders: {
    name: 'corbel_billing_stream_readers',
    kind: 'gauge',
    help: 'Readers of the stream of billing events in this process.',
    labels: [],
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
