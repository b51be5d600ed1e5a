import type { LogFields } from './logger.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

// A chain of causes ends in practice after two or three; a cycle must end too.
const deepestCause = 5

/** What a log may show of an error. What libraries hang on theirs is left out: it can be a query with its values, or a request. */
export function plainError(error: Error, depth = 0): LogFields {
  const { name, message, stack, cause } = error
  const code = 'code' in error ? error.code : undefined
  return {
    name,
    message,
    stack,
    ...(typeof code === 'string' && { code }),
    ...(cause instanceof Error && depth < deepestCause && { cause: plainError(cause, depth + 1) }),
  }
}

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
      const shown = plainError(value)
      ancestors.push(value, shown)
      return shown
    }
    ancestors.push(value)
    return value
  }
  try {
    // JSON leaves these as they are; a terminal may take them for the end of a line or the beginning of an escape.
    return JSON.stringify(fields, plain).replaceAll(
      /[\u007f-\u009f\u2028\u2029]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
  } catch {
    return '{"fields":"[unprintable]"}'
  }
}
