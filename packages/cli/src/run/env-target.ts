import { dirname, join } from 'node:path'
import { type EnvEntry } from '../env-file/edit-env.ts'
import { applyEnvEdit, planEnvEdit } from '../env-file/env-file.ts'
import type { Invocation } from './cli-context.ts'

/** The env file that a command writes to: the first that is named, else `.env` beside the configuration. */
export async function envTarget({ config, flags, resolve }: Invocation): Promise<string> {
  const named = flags.settingsFile?.[0]
  return named === undefined ? join(dirname((await config()).path), '.env') : resolve(named)
}

/** Returns the file when that changed it, else null. @throws CliError */
export async function writeEnv(invocation: Invocation, entries: readonly EnvEntry[]): Promise<string | null> {
  const target = await envTarget(invocation)
  return applyEnvEdit(planEnvEdit(target, entries)) ? target : null
}
