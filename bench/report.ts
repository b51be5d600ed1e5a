import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, type, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { type Figure, ratioOf } from './figure.ts'
import { hasTaskset, hasWrk } from './processes.ts'

export interface RunFacts {
  readonly postgres: string
  readonly rounds: number
}

const versionOf = (name: string): string => {
  const file = new URL(`../examples/reference-host/node_modules/${name}/package.json`, import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version
}

/** Writes the result of a run as `results/<date>.md` and `.json`, that of a part with its name in front; returns where. */
export function writeReport(figures: readonly Figure[], { postgres, rounds }: RunFacts, name = ''): string {
  const date = new Date().toISOString().slice(0, 10)
  const facts = {
    date,
    node: process.versions.node,
    postgres,
    ...Object.fromEntries(
      ['pg', 'kysely', 'h3', 'srvx', 'pino', 'prom-client'].map((name) => [name, versionOf(name)]),
    ),
    machine: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, ${type()}`,
    generator: hasWrk ? 'wrk' : 'own generator',
    pinned: hasTaskset,
    rounds,
    'load average': loadavg()[1]?.toFixed(1),
  }
  const file = name === '' ? `results/${date}` : `results/${name}-${date}`
  const path = fileURLToPath(new URL(file, import.meta.url))
  const rows = figures.map((figure) => ({ ...figure, ratio: ratioOf(figure) }))
  writeFileSync(`${path}.json`, `${JSON.stringify({ facts, figures: rows }, null, 2)}\n`)
  writeFileSync(`${path}.md`, markdown(facts, rows))
  return `bench/${file}.md`
}

type Row = Figure & { readonly ratio: number | null }

function markdown(facts: Readonly<Record<string, unknown>>, rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const { id, what, limit, goal, ratio, raw, ours, unit = 'µs', note } = row
    const verdict = ratio === null ? 'not measured' : ratio <= goal ? 'reached' : 'missed'
    const cells = [
      id,
      what,
      limit,
      `≤ ${goal}`,
      number(raw, unit),
      number(ours, unit),
      ratio?.toFixed(3) ?? '–',
    ]
    return `| ${[...cells, note ?? verdict].join(' | ')} |`
  })
  const parts = rows.flatMap(({ id, parts: found }) =>
    found
      ? [
          `| ${id} | ${(['raw', 'ours'] as const).map((side) => `${found[side].server.toFixed(1)} + ${found[side].database.toFixed(1)}`).join(' | ')} |`,
        ]
      : [],
  )
  return `# Benchmarks of ${String(facts['date'])}

CPU of the process under test and of its database backends per operation, against what the machine can do with nothing in
between. Both sides ran in turns; the cheapest slice of each counts. Only ratios mean anything on another machine, and
differences below 10 % between runs are equal. \`npm run bench\` makes this file.

| id | ours | the limit | goal | limit | ours | ratio | |
| --- | --- | --- | --- | --- | --- | --- | --- |
${lines.join('\n')}

How they share, server + database in µs:

| id | limit | ours |
| --- | --- | --- |
${parts.join('\n')}

${rows.flatMap(({ id, facts: found }) => (found === undefined ? [] : [`- ${id}: ${found}\n`])).join('')}${Object.entries(
    facts,
  )
    .map(([name, value]) => `- ${name}: ${String(value)}`)
    .join('\n')}
`
}

const number = (value: number | null, unit: string): string =>
  value === null ? '–' : `${value.toFixed(2)} ${unit}`
