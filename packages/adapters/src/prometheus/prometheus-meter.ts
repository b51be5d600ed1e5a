import {
  checkMetric,
  type Counter,
  type Gauge,
  type Histogram,
  type Meter,
  type Metric,
  sameMetric,
} from '@corbel/core/ports'
import {
  Counter as PromCounter,
  Gauge as PromGauge,
  Histogram as PromHistogram,
  type Registry,
} from 'prom-client'

export interface PrometheusMeterOptions {
  /** Yours; metrics that you register there are scraped along. */
  readonly registry: Registry
}

interface Instrument {
  readonly metric: Metric
  readonly use: Counter | Histogram | Gauge
}

/** Counts with prom-client. Metrics of the process itself come from `collectProcessMetrics`. */
export function prometheusMeter({ registry }: PrometheusMeterOptions): Meter {
  const instruments = new Map<string, Instrument>()
  const collectors: (() => void | Promise<void>)[] = []

  function instrument<Use extends Instrument['use']>(
    metric: Metric,
    kind: Metric['kind'],
    create: () => Use,
  ): Use {
    if (metric.kind !== kind)
      throw new TypeError(`${metric.name} is declared as a ${metric.kind}, not a ${kind}.`)
    const known = instruments.get(metric.name)
    if (known === undefined) {
      checkMetric(metric)
      const use = create()
      instruments.set(metric.name, { metric, use })
      return use
    }
    if (!sameMetric(known.metric, metric)) {
      throw new TypeError(`${metric.name} is already declared otherwise. Give one of the two another name.`)
    }
    // The same kind was created by the same branch.
    return known.use as Use
  }

  const configOf = ({ name, help, labels }: Metric) => ({
    name,
    help,
    labelNames: [...labels],
    registers: [registry],
  })

  return {
    counter: (metric) =>
      instrument<Counter>(metric, 'counter', () => {
        const counter = new PromCounter(configOf(metric))
        return { add: (labels = {}, amount = 1) => counter.inc(labels, amount) }
      }),
    histogram: (metric) =>
      instrument<Histogram>(metric, 'histogram', () => {
        const buckets = metric.buckets === undefined ? {} : { buckets: [...metric.buckets] }
        const histogram = new PromHistogram({ ...configOf(metric), ...buckets })
        return { record: (value, labels = {}) => histogram.observe(labels, value) }
      }),
    gauge: (metric) =>
      instrument<Gauge>(metric, 'gauge', () => {
        const gauge = new PromGauge(configOf(metric))
        return { set: (value, labels = {}) => gauge.set(labels, value) }
      }),
    onScrape: (collect) => {
      collectors.push(collect)
    },
    scrape: async () => {
      // What one collector cannot read must not hide what the others say.
      await Promise.allSettled(collectors.map(async (collect) => collect()))
      return { contentType: registry.contentType, body: await registry.metrics() }
    },
  }
}
