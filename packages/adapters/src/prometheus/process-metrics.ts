import { collectDefaultMetrics, type Registry } from 'prom-client'

/**
 * Adds what prom-client knows of the process: CPU, memory, garbage collection and the lag of the event loop.
 *
 * Its gauges `nodejs_active_*_total` are left out: a name in `_total` is a counter's, and `promtool check metrics` refuses them.
 */
export function collectProcessMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry })
  for (const name of [
    'nodejs_active_handles_total',
    'nodejs_active_requests_total',
    'nodejs_active_resources_total',
  ]) {
    registry.removeSingleMetric(name)
  }
}
