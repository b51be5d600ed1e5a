import type { Labels, Metric } from './meter.ts'

export const contentType = 'text/plain; version=0.0.4; charset=utf-8'

const metricName = /^[a-zA-Z_:][\w:]*$/
const labelName = /^(?!__)[a-zA-Z_]\w*$/

/** @throws TypeError when Prometheus would refuse the declaration. */
export function checkMetric({ name, kind, labels, buckets = [] }: Metric): void {
  if (!metricName.test(name))
    throw new TypeError(`"${name}" is not a metric name. Use letters, digits, _ and :.`)
  for (const label of labels) {
    if (!labelName.test(label) || (kind === 'histogram' && label === 'le')) {
      throw new TypeError(
        `"${label}" is not a label name of ${name}. Use letters, digits and _; "le" is the histogram's own.`,
      )
    }
  }
  if (buckets.some((bound, i) => i > 0 && bound <= (buckets[i - 1] ?? 0))) {
    throw new TypeError(`The buckets of ${name} must ascend.`)
  }
}

/** Whether two declarations of one name mean one instrument. */
export function sameMetric(a: Metric, b: Metric): boolean {
  const shapeOf = ({ name, kind, labels, buckets }: Metric): string =>
    JSON.stringify([name, kind, labels, buckets ?? null])
  return shapeOf(a) === shapeOf(b)
}

/** One sample line. A label with an empty value is the same as none. */
export function sampleLine(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels)
    .filter(([, text]) => text !== '')
    .map(([label, text]) => `${label}="${escapeValue(text)}"`)
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${formatNumber(value)}`
}

export const headerLines = ({ name, kind, help }: Metric): string[] => [
  `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
  `# TYPE ${name} ${kind}`,
]

export function formatNumber(value: number): string {
  if (value === Infinity) return '+Inf'
  if (value === -Infinity) return '-Inf'
  return String(value)
}

const escapeValue = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')
