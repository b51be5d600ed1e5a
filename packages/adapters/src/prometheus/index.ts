export { prometheusMeter, type PrometheusMeterOptions } from './prometheus-meter.ts'
