import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { assignmentsOf, valueOf } from '../env-file/env-document.ts'
import type { Finding } from './finding.ts'

/** What an env file says that its readers do not agree on. Of values nothing is told. */
export function envTextFindings(path: string): readonly Finding[] {
  const text = readFileSync(path, 'utf8')
  return [...repeated(path, text), ...unread(path, text), ...readDifferently(path, text)]
}

function repeated(path: string, text: string): readonly Finding[] {
  const names = assignmentsOf(text).map(({ name }) => name)
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))].map((name) => ({
    id: 'env-file.repeated',
    severity: 'warning',
    subject: name,
    what: `stands more than once in ${path}`,
    why: 'The last one counts for most readers, and nobody sees that from the first.',
    fix: 'Leave one of them.',
  }))
}

/** Lines that assign nothing and are no comment. */
function unread(path: string, text: string): readonly Finding[] {
  const inside = assignmentsOf(text).map(({ valueStart, valueEnd }) => ({
    from: lineStart(text, valueStart),
    to: valueEnd,
  }))
  const lines: number[] = []
  let at = 0
  for (const [index, line] of text.split('\n').entries()) {
    const isRead = inside.some(({ from, to }) => at >= from && at <= to)
    if (!isRead && !/^\uFEFF?\s*(?:#|$)/.test(line)) lines.push(index + 1)
    at += line.length + 1
  }
  return lines.map((line) => ({
    id: 'env-file.unread-line',
    severity: 'error',
    subject: `${path}:${line}`,
    what: 'assigns nothing, and no reader heeds it',
    fix: 'Write NAME=value, or put a # in front.',
  }))
}

const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1

function readDifferently(path: string, text: string): readonly Finding[] {
  const ofNode = parseEnv(text)
  const last = new Map(assignmentsOf(text).map((place) => [place.name, place]))
  return [...last.values()]
    .filter((place) => ofNode[place.name] !== valueOf(text, place))
    .map(({ name }) => ({
      id: 'env-file.read-differently',
      severity: 'error',
      subject: name,
      what: `in ${path} is one value for Node and another for dotenv`,
      why: 'Which one counts depends on how the stack is started.',
      fix: 'Put the value into single quotes, and close every quote.',
    }))
}
