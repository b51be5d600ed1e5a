import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What an adapter made of one law of a port. */
export interface LawRecord {
  readonly port: string
  readonly adapter: string
  readonly law: string
  readonly outcome: 'passed' | 'failed' | 'skipped'
  readonly reason?: string
}

/** Test files run in separate processes, so what they found is gathered in a file, one JSON object per line. */
const file = fileURLToPath(new URL('../node_modules/.cache/corbel-conformance', import.meta.url))

export function recordLaw(record: LawRecord): void {
  mkdirSync(dirname(file), { recursive: true })
  appendFileSync(file, `${JSON.stringify(record)}\n`)
}

export const forgetLaws = (): void => rmSync(file, { force: true })

/** The last word on each law of each adapter, in the order in which they were first heard of. */
export function recordedLaws(): readonly LawRecord[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  const records = new Map<string, LawRecord>()
  for (const line of lines) {
    const record = JSON.parse(line) as LawRecord
    records.set(JSON.stringify([record.port, record.adapter, record.law]), record)
  }
  return [...records.values()]
}
