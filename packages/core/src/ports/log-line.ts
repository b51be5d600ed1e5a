import type { LogFields } from './logger.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** Fields as JSON on one line. Never throws: what cannot be written is replaced by a word that says why. */
export function printFields(fields: LogFields): string {
  const ancestors: object[] = []
  function plain(this: unknown, _key: string, value: unknown): unknown {
    if (typeof value === 'bigint') return value.toString()
    if (typeof value !== 'object' || value === null) return value
    // JSON.stringify calls with the holder as `this`: everything above the holder is on the path.
    while (ancestors.length > 0 && ancestors.at(-1) !== this) ancestors.pop()
    if (ancestors.includes(value)) return '[circular]'
    if (value instanceof Error) {
      const shown = {
        ...value,
        name: value.name,
        message: value.message,
        stack: value.stack,
        cause: value.cause,
      }
      ancestors.push(value, shown)
      return shown
    }
    ancestors.push(value)
    return value
  }
  try {
    return JSON.stringify(fields, plain)
  } catch {
    return '{"fields":"[unprintable]"}'
  }
}
