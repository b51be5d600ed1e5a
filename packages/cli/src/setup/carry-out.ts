import { fromEnv, type SettingsSource } from '@corbel/core'
import { inspectStack } from '../catalog/inspect-stack.ts'
import { settingsOf } from '../catalog/setting-list.ts'
import type { CorbelConfig, StackDescription } from '../config.ts'
import { applyEnvEdit, planEnvEdit } from '../env-file/env-file.ts'
import { writeFileAtomically } from '../env-file/write-file.ts'
import { CliError } from '../run/cli-error.ts'
import { readEnvFile } from '../run/read-settings.ts'
import { toCliError } from '../run/to-cli-error.ts'
import { forgetPlan, keepPlan, type SetupPlan } from './plan.ts'
import { writeReports } from './reports.ts'

export interface Done {
  readonly reports: readonly string[]
  /** Names of the migrations that were applied now. */
  readonly migrated: readonly string[]
  /** Names of the ports that answered. */
  readonly ports: readonly string[]
}

/**
 * Does what was planned. Each step can be done twice, and the plan stays until the last one is done: after a kill at any point
 * `--resume` goes through all of them again and comes to the same end.
 */
export async function carryOut(
  plan: SetupPlan,
  config: CorbelConfig,
  env: Readonly<Record<string, string | undefined>>,
  progress: (text: string) => void,
): Promise<Done> {
  const edit = planEnvEdit(plan.envFile, plan.entries)
  keepPlan(plan)
  applyEnvEdit(edit)
  progress(`Written: ${plan.envFile}`)
  const source = fromEnv(env, readEnvFile(plan.envFile))
  const live = plan.live ? await tryLive(plan, config, source, progress) : { migrated: [], ports: [] }
  const description = await config.describe()
  const inspected = await inspectStack(config, description, source, plan.profile)
  const given = new Set(
    settingsOf(description)
      .map(({ setting }) => setting.env)
      .filter((name) => plan.entries.some((entry) => entry.name === name) || source.get(name) !== undefined),
  )
  const reports = writeReports(plan.reports, {
    description,
    inspected,
    given,
    envFile: plan.envFile,
    secrets: config.secrets,
    missing: [],
  })
  if (plan.exportAnswers !== null) writeAnswers(plan.exportAnswers, plan, description, source)
  forgetPlan(plan)
  return { reports, ...live }
}

/** Migrates, and asks every port of the stack. */
async function tryLive(
  plan: SetupPlan,
  config: CorbelConfig,
  source: SettingsSource,
  progress: (text: string) => void,
): Promise<Omit<Done, 'reports'>> {
  try {
    progress('Migrating the database.')
    const migrated = await migrate(config, source)
    progress('Asking every port of the stack.')
    return { migrated, ports: await askPorts(config, source) }
  } catch (error) {
    // The file has all that was decided, and a plan that is kept would undo what somebody corrects in it.
    forgetPlan(plan)
    const { ending, details } = toCliError(error)
    throw new CliError(ending, {
      ...details,
      fix: `${details.fix} The env file is written: correct what is wrong there, then run setup again.`,
      next: 'corbel setup',
    })
  }
}

async function migrate({ database }: CorbelConfig, source: SettingsSource): Promise<readonly string[]> {
  if (!database) return []
  const open = await database.open(source)
  try {
    return (await open.plan()).pending.length === 0 ? [] : await open.apply()
  } finally {
    await open.close()
  }
}

async function askPorts({ openStack }: CorbelConfig, source: SettingsSource): Promise<readonly string[]> {
  const stack = await openStack?.(source)
  if (!stack) return []
  try {
    const { ports } = await stack.readiness()
    const down = Object.entries(ports).filter(([, { status }]) => status !== 'up')
    if (down.length === 0) return Object.keys(ports)
    throw new CliError('unavailable', {
      code: 'setup/port-down',
      message: `These do not answer: ${down.map(([name]) => name).join(', ')}.`,
      fix: 'Check the services behind them and the settings that name these.',
    })
  } finally {
    await stack.close()
  }
}

/** Secrets as references to the environment, never in clear. */
function writeAnswers(
  path: string,
  { profile }: SetupPlan,
  description: StackDescription,
  source: SettingsSource,
): void {
  const answers = Object.fromEntries([
    ['CORBEL_PROFILE', profile],
    ...settingsOf(description).flatMap(({ setting: { env, secret } }) => {
      const value = source.get(env)
      return value === undefined || env === 'CORBEL_PROFILE'
        ? []
        : [[env, secret === true ? { env } : value] as const]
    }),
  ])
  writeFileAtomically(path, `${JSON.stringify(answers, null, 2)}\n`)
}
