export { collectProcessMetrics } from './process-metrics.ts'
export { type PrometheusMeterOptions, prometheusMeter } from './prometheus-meter.ts'
