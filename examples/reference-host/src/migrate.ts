import { applyMigrations, planMigrations } from '@corbel/adapters/kysely'
import { fromEnv } from '@corbel/core'
import { failureReport } from './failure-report.ts'
import { HostError } from './host-error.ts'
import { readDatabaseSettings } from './migration-settings.ts'
import { openDatabase } from './stack.ts'

const usage = `Usage: npm run migrate -- <command>

  plan    show the migrations that are pending, with their SQL; changes nothing
  apply   apply them, in one transaction

The database is that of DATABASE_URL, else the embedded one in CORBEL_DATA_DIR.`

async function run(command: string | undefined): Promise<string> {
  if (command !== 'plan' && command !== 'apply') throw new HostError(usage)
  const database = await openDatabase(readDatabaseSettings(fromEnv()))
  try {
    if (command === 'apply') return applied(await applyMigrations(database.db))
    const { pending } = await planMigrations(database.db)
    return pending.map(({ name, sql }) => `-- ${name}\n${sql.trim()}\n`).join('\n') || 'Nothing is pending.'
  } finally {
    await database.close()
  }
}

const applied = (names: readonly string[]): string =>
  names.length === 0 ? 'Nothing was pending.' : `Applied:\n${names.map((name) => `  ${name}`).join('\n')}`

try {
  console.log(await run(process.argv[2]))
} catch (error) {
  console.error(failureReport(error))
  process.exitCode = 1
}
