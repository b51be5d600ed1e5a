import { agentFigures } from './agent-figures.ts'
import { peerFigures, signInFigures } from './auth-figures.ts'
import { billingFigures } from './billing-figures.ts'
import { BenchDatabase } from './database.ts'
import type { Figure } from './figure.ts'
import { ratioOf } from './figure.ts'
import { httpFigures } from './http-figures.ts'
import { importFigures } from './import-figures.ts'
import { closeLoad } from './load.ts'
import { cores, pin } from './processes.ts'
import { writeReport } from './report.ts'
import { tokenFigures } from './token-figures.ts'
import { queueFigures } from './queue-figures.ts'
import { repositoryFigures } from './repository-figures.ts'
import { searchFigures } from './search-figures.ts'
import { statusFigures } from './status-figures.ts'
import { usageFigures } from './usage-figures.ts'
import { billingStreamFigures } from './billing-stream-figures.ts'
import { streamFigures } from './stream-figures.ts'

// `npm run bench`, or `npm run bench -- P2 P3 --rounds=3 --no-write` for a part of it.
const args = process.argv.slice(2)
const wanted = args.filter((arg) => /^(?:[PB]\d+|import)$/.test(arg))
const rounds = Number(args.find((arg) => arg.startsWith('--rounds='))?.slice(9) ?? 10)

const groups: readonly {
  readonly ids: readonly string[]
  run(database: BenchDatabase): Promise<readonly Figure[]>
}[] = [
  { ids: ['P1', 'P2'], run: (database) => httpFigures(database, rounds) },
  { ids: ['P3'], run: (database) => tokenFigures(database, rounds) },
  { ids: ['P4', 'P5'], run: (database) => signInFigures(database, rounds) },
  { ids: ['P6', 'P7'], run: (database) => repositoryFigures(database, rounds) },
  { ids: ['P8'], run: (database) => queueFigures(database, rounds) },
  { ids: ['B1', 'B2'], run: (database) => peerFigures(database, rounds) },
  { ids: ['B3', 'B4'], run: (database) => billingFigures(database, rounds) },
  { ids: ['B5'], run: (database) => usageFigures(database, rounds) },
  { ids: ['B6'], run: () => billingStreamFigures(rounds) },
  { ids: ['P10'], run: () => streamFigures(rounds) },
  { ids: ['P11', 'P12'], run: (database) => searchFigures(database, rounds) },
  { ids: ['P13'], run: (database) => statusFigures(database, rounds) },
  { ids: ['P14', 'P15', 'B7'], run: (database) => agentFigures(database, rounds) },
  { ids: ['import'], run: () => importFigures(rounds) },
]

pin(process.pid, cores.rest)
const database = await BenchDatabase.open()
const figures: Figure[] = []
try {
  for (const { ids, run } of groups) {
    if (wanted.length > 0 && !ids.some((id) => wanted.includes(id))) continue
    for (const figure of await run(database)) {
      figures.push(figure)
      const ratio = ratioOf(figure)
      const result =
        ratio === null ? `not measured: ${figure.note}` : `${ratio.toFixed(3)} (goal ${figure.goal})`
      process.stdout.write(
        `${figure.id.padEnd(10)} ${result}  raw ${figure.raw?.toFixed(2)} ours ${figure.ours?.toFixed(2)} ${figure.unit ?? 'µs'}  ${JSON.stringify(figure.parts ?? {}, (_, value: unknown) => (typeof value === 'number' ? Math.round(value * 10) / 10 : value))}${figure.facts === undefined ? '' : `  ${figure.facts}`}\n`,
      )
    }
  }
} finally {
  await closeLoad()
  await database.close()
}
// A part is written only under a name of its own.
const name = args.find((arg) => arg.startsWith('--name='))?.slice(7) ?? ''
if (!args.includes('--no-write') && (wanted.length === 0 || name !== '')) {
  process.stdout.write(`${writeReport(figures, { postgres: database.version, rounds }, name)}\n`)
}
