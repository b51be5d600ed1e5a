import type { Reporter } from 'vitest/node'
import { forgetLaws, type LawRecord, recordedLaws } from './conformance-record.ts'

const marks = { passed: 'yes', failed: 'NO', skipped: 'skip' } as const

/** Ends a run with the matrix of ports, adapters and laws, as Markdown on standard output. */
export default class ConformanceReporter implements Reporter {
  onInit(): void {
    forgetLaws()
  }

  onTestRunEnd(): void {
    console.log(conformanceMatrix(recordedLaws()))
  }
}

/** One table for each port, a column for each adapter, a row for each law, and the reasons of what was skipped. */
export function conformanceMatrix(records: readonly LawRecord[]): string {
  const ports = [...Map.groupBy(records, ({ port }) => port)].toSorted(([a], [b]) => (a < b ? -1 : 1))
  const cells = new Set(records.map(({ port, adapter }) => `${port} ${adapter}`))
  const count = (outcome: LawRecord['outcome']) =>
    records.filter((record) => record.outcome === outcome).length
  return [
    '# Conformance',
    `${ports.length} ports, ${cells.size} adapters of ports, ${records.length} laws held against them: ` +
      `${count('passed')} kept, ${count('failed')} broken, ${count('skipped')} skipped with a reason.`,
    ...ports.map(([port, laws]) => portTable(port, laws)),
  ].join('\n\n')
}

function portTable(port: string, records: readonly LawRecord[]): string {
  const adapters = [...new Set(records.map(({ adapter }) => adapter))]
  const laws = [...Map.groupBy(records, ({ law }) => law)]
  const mark = (kept: readonly LawRecord[], adapter: string): string => {
    const record = kept.find((candidate) => candidate.adapter === adapter)
    return record ? marks[record.outcome] : ''
  }
  const skips = records.filter(({ outcome }) => outcome === 'skipped')
  return [
    `## ${port}`,
    '',
    row(['law', ...adapters]),
    row(['---', ...adapters.map(() => '---')]),
    ...laws.map(([law, kept]) => row([law, ...adapters.map((adapter) => mark(kept, adapter))])),
    ...(skips.length > 0 ? [''] : []),
    ...skips.map(({ adapter, law, reason }) => `- ${adapter} skips "${law}": ${reason}`),
  ].join('\n')
}

const row = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
