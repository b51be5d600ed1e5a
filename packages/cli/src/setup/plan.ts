import { existsSync, readFileSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Profile } from '@corbel/core'
import type { EnvEntry } from '../env-file/edit-env.ts'
import { removeDrafts, writeFileAtomically } from '../env-file/write-file.ts'
import { CliError } from '../run/cli-error.ts'

/** Everything that setup has decided, before it begins to write: with it, and nothing else, the work can be finished. */
export interface SetupPlan {
  readonly schema: 'corbel.setup-plan/v1'
  readonly profile: Profile
  /** Absolute, as are the other paths. */
  readonly envFile: string
  /** In clear: the file has the mode of an env file, and is removed when the work is done. */
  readonly entries: readonly EnvEntry[]
  readonly reports: string
  readonly exportAnswers: string | null
  /** Whether the database is migrated and the stack opened. */
  readonly live: boolean
}

/** Beside the env file, for it holds the same secrets. */
const planPath = (envFile: string): string => join(dirname(envFile), '.corbel', `${basename(envFile)}.setup`)

export const hasPlan = (envFile: string): boolean => existsSync(planPath(envFile))

export function keepPlan(plan: SetupPlan): void {
  const path = planPath(plan.envFile)
  removeDrafts(path)
  writeFileAtomically(path, `${JSON.stringify(plan)}\n`)
}

export const forgetPlan = ({ envFile }: SetupPlan): void => rmSync(planPath(envFile), { force: true })

/** What an earlier run left unfinished. @throws CliError when there is nothing. */
export function readPlan(envFile: string): SetupPlan {
  const path = planPath(envFile)
  if (!existsSync(path))
    throw new CliError('usage', {
      code: 'setup/nothing-to-resume',
      message: `No setup of ${envFile} was interrupted.`,
      fix: 'Run setup without --resume; what is done already stays as it is.',
      next: 'corbel setup',
    })
  const plan = parsed(path)
  for (const written of [plan.envFile, plan.exportAnswers]) if (written !== null) removeDrafts(written)
  return plan
}

function parsed(path: string): SetupPlan {
  try {
    const plan = JSON.parse(readFileSync(path, 'utf8')) as SetupPlan
    if (plan.schema === 'corbel.setup-plan/v1') return plan
  } catch {
    // Told below, without what the parser quotes.
  }
  throw new CliError('conflict', {
    code: 'setup/unreadable-plan',
    message: `${path} is not a plan of this version.`,
    fix: 'Delete it and run setup again; what is done already stays as it is.',
  })
}
