import type { Counter, Gauge, Histogram, Meter, Metric } from '@corbel/core/ports'
import { Counter as PromCounter, Gauge as PromGauge, Histogram as PromHistogram, type Registry } from 'prom-client'

export interface PrometheusMeterOptions {
  /** Yours; metrics that you register there are scraped along. */
  readonly registry: Registry
}

interface Known {
  readonly metric: Metric
  readonly instrument: Counter | Histogram | Gauge
}

/** Counts with prom-client. Metrics of the process itself come from {@link collectProcessMetrics}. */
export function prometheusMeter({ registry }: PrometheusMeterOptions): Meter {
  const known = new Map<string, Known>()
  const collectors: (() => void | Promise<void>)[] = []

  function instrument<I extends Known['instrument']>(metric: Metric, kind: Metric['kind'], make: () => I): I {
    if (metric.kind !== kind) throw new TypeError(`${metric.name} is declared as a ${metric.kind}, not a ${kind}.`)
    const found = known.get(metric.name)
    if (!found) {
      const made = make()
      known.set(metric.name, { metric, instrument: made })
      return made
    }
    if (shapeOf(found.metric) !== shapeOf(metric)) {
      throw new TypeError(`${metric.name} is already declared otherwise. Give one of the two another name.`)
    }
    // The same kind was made by the same method.
    return found.instrument as I
  }

  return {
    counter: (metric) =>
      instrument(metric, 'counter', () => {
        const counter = new PromCounter(configOf(metric, registry))
        return { add: (labels = {}, amount = 1) => counter.inc(labels, amount) }
      }),
    histogram: (metric) =>
      instrument(metric, 'histogram', () => {
        const { buckets } = metric
        const histogram = new PromHistogram({ ...configOf(metric, registry), ...(buckets && { buckets: [...buckets] }) })
        return { record: (value, labels = {}) => histogram.observe(labels, value) }
      }),
    gauge: (metric) =>
      instrument(metric, 'gauge', () => {
        const gauge = new PromGauge(configOf(metric, registry))
        return { set: (value, labels = {}) => gauge.set(labels, value) }
      }),
    onScrape: (collect) => {
      collectors.push(collect)
    },
    async scrape() {
      // What one collector cannot read must not hide what the others say.
      await Promise.allSettled(collectors.map(async (collect) => collect()))
      return { contentType: registry.contentType, body: await registry.metrics() }
    },
  }
}

const configOf = ({ name, help, labels }: Metric, registry: Registry) => ({
  name,
  help,
  labelNames: [...labels],
  registers: [registry],
})

const shapeOf = ({ kind, labels, buckets }: Metric): string => JSON.stringify([kind, labels, buckets ?? null])
