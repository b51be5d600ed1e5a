import type { Counter, Gauge, Histogram, Labels, Meter, Metric } from './meter.ts'
import {
  checkMetric,
  contentType,
  formatNumber,
  headerLines,
  sameMetric,
  sampleLine,
} from './prometheus-text.ts'

/** Prometheus' own defaults: seconds, from a cache hit to a slow page. */
const defaultBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

interface Instrument {
  readonly metric: Metric
  readonly use: Counter | Histogram | Gauge
  lines(): string[]
}

/** Counts within the process and prints the Prometheus text format. */
export function memoryMeter(): Meter {
  const instruments = new Map<string, Instrument>()
  const collectors: (() => void | Promise<void>)[] = []

  function instrument<Use extends Instrument['use']>(
    metric: Metric,
    kind: Metric['kind'],
    create: (metric: Metric) => { readonly use: Use; lines(): string[] },
  ): Use {
    if (metric.kind !== kind)
      throw new TypeError(`${metric.name} is declared as a ${metric.kind}, not a ${kind}.`)
    const known = instruments.get(metric.name)
    if (known === undefined) {
      checkMetric(metric)
      const made = create(metric)
      instruments.set(metric.name, { metric, ...made })
      return made.use
    }
    if (!sameMetric(known.metric, metric)) {
      throw new TypeError(`${metric.name} is already declared otherwise. Give one of the two another name.`)
    }
    // The same kind was created by the same branch.
    return known.use as Use
  }

  return {
    counter: (metric) => instrument(metric, 'counter', createCounter),
    histogram: (metric) => instrument(metric, 'histogram', createHistogram),
    gauge: (metric) => instrument(metric, 'gauge', createGauge),
    onScrape: (collect) => {
      collectors.push(collect)
    },
    scrape: async () => {
      // What one collector cannot read must not hide what the others say.
      await Promise.allSettled(collectors.map(async (collect) => collect()))
      const lines = [...instruments.values()].flatMap(({ metric, lines }) => [
        ...headerLines(metric),
        ...lines(),
      ])
      return { contentType, body: lines.map((line) => `${line}\n`).join('') }
    },
  }
}

function createCounter(metric: Metric): { use: Counter; lines(): string[] } {
  const series = seriesOf(metric, () => ({ value: 0 }))
  return {
    use: {
      add: (labels = {}, amount = 1) => {
        if (!(amount >= 0))
          throw new RangeError(`${metric.name} can only grow, not by ${amount}. Use a gauge.`)
        series.at(labels).value += amount
      },
    },
    lines: () => series.all().map(([labels, { value }]) => sampleLine(metric.name, labels, value)),
  }
}

function createGauge(metric: Metric): { use: Gauge; lines(): string[] } {
  const series = seriesOf(metric, () => ({ value: 0 }))
  return {
    use: {
      set: (value, labels = {}) => {
        series.at(labels).value = value
      },
    },
    lines: () => series.all().map(([labels, { value }]) => sampleLine(metric.name, labels, value)),
  }
}

function createHistogram(metric: Metric): { use: Histogram; lines(): string[] } {
  const bounds = metric.buckets ?? defaultBuckets
  const series = seriesOf(metric, () => ({ counts: bounds.map(() => 0), count: 0, sum: 0 }))
  return {
    use: {
      record: (value, labels = {}) => {
        const state = series.at(labels)
        const bucket = bounds.findIndex((bound) => value <= bound)
        if (bucket >= 0) state.counts[bucket] = (state.counts[bucket] ?? 0) + 1
        state.count += 1
        state.sum += value
      },
    },
    lines: () =>
      series.all().flatMap(([labels, { counts, count, sum }]) => {
        let below = 0
        const buckets = bounds.map((bound, i) => {
          below += counts[i] ?? 0
          return sampleLine(`${metric.name}_bucket`, { le: formatNumber(bound), ...labels }, below)
        })
        return [
          ...buckets,
          sampleLine(`${metric.name}_bucket`, { le: '+Inf', ...labels }, count),
          sampleLine(`${metric.name}_sum`, labels, sum),
          sampleLine(`${metric.name}_count`, labels, count),
        ]
      }),
  }
}

/** The values of one metric by its labels. One without labels starts at its zero, so that an alert can see it before it moves. */
function seriesOf<State>({ name, labels: declared }: Metric, zero: () => State) {
  const states = new Map<string, readonly [Labels, State]>()

  function at(labels: Labels): State {
    for (const label in labels) {
      if (!declared.includes(label)) {
        throw new TypeError(
          `${name} has no label "${label}". Declare it in the metric's labels: ${declared.join(', ') || 'none'}.`,
        )
      }
    }
    const key = declared.map((label) => labels[label] ?? '').join('\0')
    let found = states.get(key)
    if (found === undefined) {
      found = [Object.fromEntries(declared.map((label) => [label, labels[label] ?? ''])), zero()]
      states.set(key, found)
    }
    return found[1]
  }

  if (declared.length === 0) at({})
  return { at, all: (): (readonly [Labels, State])[] => [...states.values()] }
}
