import { defineMetrics } from './define-metrics.ts'

export const CoreMetrics = defineMetrics({
  httpRequests: {
    name: 'corbel_http_requests_total',
    kind: 'counter',
    help: 'Answered HTTP requests.',
    labels: ['method', 'route', 'status'],
  },
  httpDuration: {
    name: 'corbel_http_request_duration_seconds',
    kind: 'histogram',
    help: 'Time from the request to its answer; for event streams until the first byte.',
    labels: ['method', 'route'],
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  },
  limited: {
    name: 'corbel_rate_limit_blocks_total',
    kind: 'counter',
    help: 'Requests refused because of a limit, by the name of the limit.',
    labels: ['policy'],
  },
  defects: {
    name: 'corbel_defects_total',
    kind: 'counter',
    help: 'Failures that no catalogue expects: each is a bug or an outage.',
    labels: ['where'],
  },
  outboxDeliveries: {
    name: 'corbel_outbox_deliveries_total',
    kind: 'counter',
    help: 'Events given to their handlers.',
    labels: ['event', 'outcome'],
  },
  outboxPending: {
    name: 'corbel_outbox_pending',
    kind: 'gauge',
    help: 'Recorded events that wait for delivery.',
    labels: [],
  },
  outboxDead: {
    name: 'corbel_outbox_dead',
    kind: 'gauge',
    help: 'Recorded events given up after too many failures.',
    labels: [],
  },
  deliveries: {
    name: 'corbel_deliveries_total',
    kind: 'counter',
    help: 'Attempts at deliveries that ended: delivered, failed or given up (dead).',
    labels: ['route', 'outcome'],
  },
  deliveriesPending: {
    name: 'corbel_deliveries_pending',
    kind: 'gauge',
    help: 'Deliveries that wait for their recipient.',
    labels: [],
  },
  deliveriesDead: {
    name: 'corbel_deliveries_dead',
    kind: 'gauge',
    help: 'Deliveries given up after too many failures.',
    labels: [],
  },
  jobRuns: {
    name: 'corbel_job_runs_total',
    kind: 'counter',
    help: 'Attempts at jobs that ended: done, failed or given up (dead).',
    labels: ['job', 'outcome'],
  },
})
