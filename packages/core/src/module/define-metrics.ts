import type { Metric } from '../ports/meter.ts'

export type MetricCatalog = Readonly<Record<string, Metric>>

/** Declares the metrics of a module. Names start with `corbel_`; counters end in `_total`, and units are in the name. */
export const defineMetrics = <const C extends MetricCatalog>(catalog: C): C => catalog
