/** A line that assigns, with what stands around the value. Offsets count in the text of the document. */
export interface Assignment {
  readonly name: string
  /** As it stands, quotes included. */
  readonly valueStart: number
  readonly valueEnd: number
}

// As Node and dotenv read it: an optional `export`, the name, `=`.
const assignment = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=[ \t]*/

/**
 * The assignments of an env file in their order. Everything between them is nobody's business and is never touched.
 *
 * A quoted value may go over several lines; a quote that nobody closes is a value of one line, as dotenv reads it.
 */
export function assignmentsOf(text: string): readonly Assignment[] {
  const found: Assignment[] = []
  let position = text.startsWith('\uFEFF') ? 1 : 0
  while (position < text.length) {
    const lineEnd = endOfLine(text, position)
    const match = assignment.exec(text.slice(position, lineEnd))
    if (!match) {
      position = afterBreak(text, lineEnd)
      continue
    }
    const [whole, name = ''] = match
    const valueStart = position + whole.length
    const valueEnd = endOfValue(text, valueStart, lineEnd)
    found.push({ name, valueStart, valueEnd })
    position = afterBreak(text, endOfLine(text, valueEnd))
  }
  return found
}

/** What an assignment says, as dotenv reads it. */
export function valueOf(text: string, { valueStart, valueEnd }: Assignment): string {
  const raw = text.slice(valueStart, valueEnd)
  const quote = raw[0]
  if (raw.length < 2 || raw.at(-1) !== quote || (quote !== "'" && quote !== '"' && quote !== '`')) return raw
  const inner = raw.slice(1, -1)
  return quote === '"' ? inner.replaceAll('\\n', '\n').replaceAll('\\r', '\r') : inner
}

function endOfLine(text: string, from: number): number {
  const at = text.slice(from).search(/\r?\n|\r/)
  return at === -1 ? text.length : from + at
}

function afterBreak(text: string, at: number): number {
  return text.startsWith('\r\n', at) ? at + 2 : at + 1
}

function endOfValue(text: string, start: number, lineEnd: number): number {
  const quote = text[start]
  if (quote === "'" || quote === '"' || quote === '`') {
    const close = closing(text, start, quote)
    if (close !== -1) return close + 1
  }
  const line = text.slice(start, lineEnd)
  const comment = line.indexOf('#')
  return start + (comment === -1 ? line : line.slice(0, comment)).trimEnd().length
}

function closing(text: string, start: number, quote: string): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === quote) return at
  }
  return -1
}
