/** A line of log as it is shown. */
export interface ShownLine {
  readonly time: string | null
  readonly level: string
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

// Those of pino, which writes levels as numbers.
const levels: Readonly<Record<number, string>> = { 20: 'debug', 30: 'info', 40: 'warn', 50: 'error' }

/** A line that is no JSON document is its own message. */
export function parseLine(text: string): ShownLine {
  const entry = parsed(text)
  if (entry === null) return { time: null, level: '', message: text, fields: {} }
  const { time, level, msg, message, pid: _, hostname: __, ...fields } = entry
  const at = new Date(time as string | number)
  return {
    time: Number.isNaN(Number(at)) ? null : at.toISOString(),
    level: typeof level === 'number' ? (levels[level] ?? String(level)) : textOf(level),
    message: textOf(msg ?? message),
    fields,
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))

export const isTrouble = ({ level }: ShownLine): boolean => /^(?:warn|error|fatal|60)/i.test(level)

/** What others wrote into a log may hold sequences that a terminal would obey. */
export function lineText({ time, level, message, fields }: ShownLine): string {
  const rest = Object.keys(fields).length === 0 ? '' : JSON.stringify(fields)
  return [time ?? '', level.padEnd(5), message, rest]
    .filter((part) => part.trim() !== '')
    .join('  ')
    .replaceAll(/\p{Cc}/gu, (control) => `\\x${(control.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`)
}

function parsed(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : null
  } catch {
    return null
  }
}
