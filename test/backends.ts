import { appendFileSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Test files run in separate processes, so what they used is gathered in a file, one JSON string per line. */
export const BACKENDS_FILE = fileURLToPath(new URL('../node_modules/.cache/corbel-backends', import.meta.url))

/**
 * Notes that a suite really ran on `name` (`memory`, `pglite 17.5`, `postgres 17.2` …). The last lines of a test run list each name once.
 * Call it after the back end has answered, never before.
 */
export function recordBackend(name: string): void {
  mkdirSync(dirname(BACKENDS_FILE), { recursive: true })
  appendFileSync(BACKENDS_FILE, `${JSON.stringify(name)}\n`)
}
