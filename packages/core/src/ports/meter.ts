/** A metric as declared in a catalogue. `labels` are all the names that may be used; their values must be few. */
export interface Metric {
  readonly name: string
  readonly kind: 'counter' | 'histogram' | 'gauge'
  readonly help: string
  readonly labels: readonly string[]
  /** Upper bounds of a histogram, ascending. */
  readonly buckets?: readonly number[]
}

export type Labels = Readonly<Record<string, string>>

export interface Counter {
  /** @param amount - Refused with an error when negative. @default 1 */
  add(labels?: Labels, amount?: number): void
}

export interface Histogram {
  record(value: number, labels?: Labels): void
}

export interface Gauge {
  set(value: number, labels?: Labels): void
}

/**
 * Counts things. Asking twice for the same metric returns the same instrument; a name that is already declared otherwise and
 * a label that is not declared are refused with an error.
 */
export interface Meter {
  counter(metric: Metric): Counter
  histogram(metric: Metric): Histogram
  gauge(metric: Metric): Gauge
  /** Runs before every scrape, which waits for it, for gauges that are read rather than kept. One that fails spoils no scrape. */
  onScrape(collect: () => void | Promise<void>): void
  /** Everything counted so far in the Prometheus text format 0.0.4. */
  scrape(): Promise<{ readonly contentType: string; readonly body: string }>
}
