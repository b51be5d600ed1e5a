import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { Figure } from './figure.ts'

const limitMs = 60

const built = new URL('../packages/core/dist/index.js', import.meta.url)
const source = new URL('../packages/core/src/index.ts', import.meta.url)

/** What importing `@corbel/core` costs a process: as it is published, and from sources, whose types are stripped each time. */
export async function importFigures(rounds: number): Promise<readonly Figure[]> {
  const figure = (id: string, how: string, entry: URL): Figure => ({
    id,
    what: `CPU of importing @corbel/core, ${how}, beyond an empty program`,
    limit: `${limitMs} ms`,
    goal: 1,
    unit: 'ms',
    raw: limitMs,
    ours: existsSync(entry) ? importMs(entry, rounds) : null,
    ...(!existsSync(entry) && { note: 'not built: npm run build' }),
  })
  return [figure('import', 'built', built), figure('import source', 'from sources', source)]
}

/** In turns, and the cheapest of each: what else runs on the machine only ever adds. */
function importMs(entry: URL, rounds: number): number {
  let empty = Number.POSITIVE_INFINITY
  let full = Number.POSITIVE_INFINITY
  for (let round = 0; round <= rounds; round++) {
    empty = Math.min(empty, cpuMs(''))
    full = Math.min(full, cpuMs(`await import('${entry.href}');`))
  }
  return full - empty
}

function cpuMs(program: string): number {
  const print = 'const { user, system } = process.cpuUsage(); console.log(user + system)'
  const args = ['--conditions=@corbel/source', '--input-type=module', '--eval', `${program}${print}`]
  return Number(execFileSync(process.execPath, args, { encoding: 'utf8' })) / 1000
}
