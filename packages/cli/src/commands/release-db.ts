import { dirname, join } from 'node:path'
import { systemClock } from '@corbel/core'
import { writeFileAtomically } from '../env-file/write-file.ts'
import { commitOf } from '../evidence/commit.ts'
import {
  type CatalogueRelease,
  type DatabaseRelease,
  databaseReleaseMarkdown,
} from '../evidence/database-release.ts'
import type { Invocation } from '../run/cli-context.ts'
import { CliError } from '../run/cli-error.ts'
import type { Action } from '../run/command.ts'
import { toCliError } from '../run/to-cli-error.ts'
import { readVersion } from '../version.ts'
import { withDatabase } from './with-database.ts'
import { withStack } from './with-stack.ts'

export type ReleaseDbFlags = {
  readonly reports: string
  readonly dryRun: boolean
  readonly skipPayments: boolean
}

/**
 * Brings the database, and what the payment provider sells, to this release, looks whether something is left, and writes that down.
 * Run again it goes on: a migration is applied once, and the catalogue is compared first.
 */
export const action: Action<ReleaseDbFlags> = async (invocation, { reports, dryRun, skipPayments }) => {
  const { config, resolve, progress, process: host } = invocation
  const { config: stack, path } = await config()
  progress(dryRun ? 'Looking at the schema' : 'Migrating')
  const migrations = await migrate(invocation, dryRun)
  host.signal.throwIfAborted()
  const isSold = stack.payments !== undefined && !skipPayments
  if (isSold) progress(dryRun ? 'Looking at what is sold' : 'Bringing the payment provider up to date')
  const catalogue = isSold ? await catalogueOf(invocation, dryRun) : null
  const isWhole = catalogue === null || (catalogue.failure === null && catalogue.left.length === 0)
  const release: DatabaseRelease = {
    schema: 'corbel.database-release/v1',
    createdAt: systemClock.now().toISOString(),
    passed: migrations.pending.length === 0 && isWhole,
    versions: { corbel: readVersion(), node: process.version, commit: commitOf(dirname(path)) },
    migrations,
    catalogue,
  }
  const text = databaseReleaseMarkdown(release)
  if (dryRun) return { data: { release, written: null }, text: `${text.trimEnd()}\n\nNothing was changed.` }
  const file = join(resolve(reports), 'database-release.json')
  writeFileAtomically(file, `${JSON.stringify(release, null, 2)}\n`, 0o644)
  writeFileAtomically(join(resolve(reports), 'database-release.md'), text, 0o644)
  if (!release.passed) throw unfinished(release, file)
  return { data: { release, written: file }, text: `Nothing is left to do. Written: ${file}` }
}

const migrate = (invocation: Invocation, dryRun: boolean): Promise<DatabaseRelease['migrations']> =>
  withDatabase(invocation, async (database) => {
    const { applied: before } = await database.plan()
    const applied = dryRun ? [] : await database.apply()
    // What is there now, whoever brought it.
    const { pending } = await database.plan()
    return { before, applied, pending: pending.map(({ name }) => name) }
  })

/** A provider that fails leaves a migrated database behind, so it is part of the report and not the end of it. */
async function catalogueOf(invocation: Invocation, dryRun: boolean): Promise<CatalogueRelease> {
  try {
    return await withStack(invocation, 'payments', async ({ catalog }) => {
      const { steps: done } = dryRun ? { steps: [] } : await catalog.apply()
      return { done, left: await catalog.plan(), failure: null }
    })
  } catch (error) {
    return { done: [], left: [], failure: toCliError(error).message }
  }
}

const unfinished = ({ migrations, catalogue }: DatabaseRelease, file: string): CliError =>
  new CliError('partial', {
    code: 'release/unfinished',
    message: 'Something is left to do.',
    why: [
      ...migrations.pending,
      ...(catalogue?.left.map(({ do: what }) => what) ?? []),
      ...(catalogue?.failure == null ? [] : [catalogue.failure]),
      `The report says so: ${file}`,
    ].join('\n'),
    fix: 'Put right what it says, and run it again: what is done is not done twice. Of a stack that sells nothing say --skip-payments.',
    next: 'corbel release db',
  })
