import { type Outcome, toEnvelope } from './envelope.ts'

export type OutputFormat = 'text' | 'json' | 'ndjson'

export const outputFormats: readonly OutputFormat[] = ['text', 'json', 'ndjson']

export interface Rendered {
  readonly stdout: string
  readonly stderr: string
}

/** The ending of a command as it is printed: standard output has the result, standard error everything else. */
export function render(format: OutputFormat, command: string, outcome: Outcome): Rendered {
  if (format === 'text') return outcome.ok ? shown(outcome.result) : told(outcome.error)
  const envelope = toEnvelope(command, outcome)
  if (format === 'json') return { stdout: `${JSON.stringify(envelope, null, 2)}\n`, stderr: '' }
  return { stdout: lines(outcome, envelope), stderr: '' }
}

function shown({ text, warnings = [], next = [] }: Extract<Outcome, { ok: true }>['result']): Rendered {
  const notes = [
    ...warnings.map((warning) => `warning: ${warning}\n`),
    ...next.map(({ command, when }) => `next: ${command}  (${when})\n`),
  ]
  return { stdout: ended(text), stderr: notes.join('') }
}

const ended = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`)

function told({ details }: Extract<Outcome, { ok: false }>['error']): Rendered {
  const { message, why, fix, next, text = '' } = details
  const stderr = [
    `error: ${message}`,
    ...(why === undefined ? [] : [`  why:  ${why}`]),
    `  fix:  ${fix}`,
    ...(next === undefined ? [] : [`  next: ${next}`]),
  ]
  return { stdout: ended(text), stderr: `${stderr.join('\n')}\n` }
}

/** An item of a list is a line; the envelope is the last one and has their count. */
function lines(outcome: Outcome, envelope: object): string {
  const items = outcome.ok && Array.isArray(outcome.result.data) ? outcome.result.data : []
  const last = items.length === 0 ? envelope : { ...envelope, data: { count: items.length } }
  return [...items.map((data) => ({ type: 'item', data })), { type: 'result', ...last }]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('')
}
