import { parseEnv } from 'node:util'
import { assignmentsOf, valueOf } from './env-document.ts'
import { quoted } from './env-value.ts'

export interface EnvEntry {
  readonly name: string
  readonly value: string
  /** Written above an entry that is new. */
  readonly comment?: string
}

/** Characters of a line of comment. */
const width = 120

/**
 * The text with these entries set and nothing else changed: comments, order, unknown names, line breaks and the byte order mark stay. Of
 * several lines for a name the last one counts for readers, so that is the one that is changed. Doing it twice changes nothing.
 * An entry that every reader already reads as it should is left as it is written.
 *
 * @throws RangeError when a value cannot be written so that every reader reads it alike.
 */
export function editEnv(text: string, entries: readonly EnvEntry[]): string {
  const places = new Map(assignmentsOf(text).map((place) => [place.name, place]))
  // Node reads an empty value otherwise when something stands around it.
  const ofNode = parseEnv(text)
  const changed = entries.filter(({ name, value }) => {
    const place = places.get(name)
    return place === undefined || valueOf(text, place) !== value || ofNode[name] !== value
  })
  let edited = text
  const replaced = changed
    .flatMap(({ name, value }) => {
      const place = places.get(name)
      return place ? [{ ...place, value }] : []
    })
    .toSorted((a, b) => b.valueStart - a.valueStart)
  // From the end, so that offsets before a change stay right.
  for (const { valueStart, valueEnd, value } of replaced)
    edited = edited.slice(0, valueStart) + (quoted(value) || "''") + edited.slice(valueEnd)
  return appended(
    edited,
    changed.filter(({ name }) => !places.has(name)),
  )
}

function appended(text: string, entries: readonly EnvEntry[]): string {
  if (entries.length === 0) return text
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n'
  const blocks = entries.map(({ name, value, comment }) =>
    [...(comment === undefined ? [] : wrapped(comment)), `${name}=${quoted(value)}`].join(lineBreak),
  )
  const before = text === '' || text === '\uFEFF' ? text : `${endedLine(text, lineBreak)}${lineBreak}`
  return `${before}${blocks.join(lineBreak + lineBreak)}${lineBreak}`
}

const endedLine = (text: string, lineBreak: string): string =>
  /[\r\n]$/.test(text) ? text : `${text}${lineBreak}`

function wrapped(comment: string): readonly string[] {
  const lines: string[] = []
  for (const word of comment.split(/\s+/)) {
    const line = lines.at(-1)
    if (line !== undefined && line.length + word.length < width) lines[lines.length - 1] = `${line} ${word}`
    else lines.push(`# ${word}`)
  }
  return lines
}
