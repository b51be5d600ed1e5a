export { collectProcessMetrics } from './process-metrics.ts'
export { prometheusMeter, type PrometheusMeterOptions } from './prometheus-meter.ts'
