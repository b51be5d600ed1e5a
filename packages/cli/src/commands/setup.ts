import { dirname, join } from 'node:path'
import { existsSync } from 'node:fs'
import { type Profile, type SettingsSource, fromEnv } from '@corbel/core'
import { inspectStack } from '../catalog/inspect-stack.ts'
import { settingsOf } from '../catalog/setting-list.ts'
import { applyEnvEdit, planEnvEdit } from '../env-file/env-file.ts'
import { writeFileAtomically } from '../env-file/write-file.ts'
import { CliError } from '../run/cli-error.ts'
import type { Invocation } from '../run/cli-context.ts'
import type { Action } from '../run/command.ts'
import { readEnvFile } from '../run/read-settings.ts'
import { readAnswers } from '../setup/answers.ts'
import { changeSet, diffText } from '../setup/change-set.ts'
import { entriesOf, type Filled, fillIn } from '../setup/fill-in.ts'
import type { Prompter } from '../setup/prompter.ts'
import { summaryOf, writeSummary } from '../setup/report.ts'

export type SetupFlags = {
  readonly profile?: Profile
  readonly answersFile?: readonly string[]
  readonly var?: readonly string[]
  readonly exportAnswers?: string
  readonly reports: string
  readonly dryRun: boolean
  readonly reportOnly: boolean
  readonly strict: boolean
}

/** Brings an env file to where the stack starts with it. Values that are there stay; doing it twice changes nothing. */
export const action: Action<SetupFlags> = async (invocation, flags) => {
  const { config, process: host, resolve, progress } = invocation
  const { config: stack, path: configPath } = await config()
  const description = await stack.describe()
  const envFile = invocation.flags.settingsFile?.[0]
  const target = envFile === undefined ? join(dirname(configPath), '.env') : resolve(envFile)
  const current = existsSync(target) ? readEnvFile(target) : {}
  const present = fromEnv(host.env, current)
  const profile = flags.profile ?? (present.get('CORBEL_PROFILE') as Profile | undefined) ?? 'local'
  const answers = readAnswers((flags.answersFile ?? []).map(resolve), flags.var ?? [], host.env)
  const filled = await fillIn({
    description,
    profile,
    answers,
    present,
    prompter: flags.reportOnly ? null : await prompterOf(invocation),
  })
  if (filled.cancelled) throw cancelled()
  if (flags.strict && filled.unused.length > 0) throw unusedAnswers(filled.unused)
  const entries = entriesOf(profile, filled.settings)
  const after = fromEnv(Object.fromEntries(entries.map(({ name, value }) => [name, value])), asTexts(present))
  const { problems } = await inspectStack({ describe: stack.describe }, description, after, profile)
  const summary = summaryOf(profile, target, filled, problems)
  const secrets = new Set(
    settingsOf(description).flatMap(({ setting }) => (setting.secret === true ? [setting.env] : [])),
  )
  const changes = changeSet(entries, current, (name) => secrets.has(name))
  const data = { summary, changes, unused: filled.unused }
  const text = diffText(target, changes)
  if (flags.dryRun) return finish(filled, problems, { data, text: `${text}\nNothing was written.` })
  if (flags.reportOnly) {
    const reports = writeSummary(resolve(flags.reports), summary)
    return finish(filled, problems, { data: { ...data, reports }, text: reports.join('\n') })
  }
  // What is not fit to start with is not written: a half-filled file looks like a finished one.
  if (filled.missing.length + problems.length > 0) return finish(filled, problems, { data, text: '' })
  applyEnvEdit(planEnvEdit(target, entries))
  progress(`Written: ${target}`)
  const reports = writeSummary(resolve(flags.reports), summary)
  if (flags.exportAnswers !== undefined) writeAnswers(resolve(flags.exportAnswers), profile, filled, secrets)
  return {
    data: { ...data, reports },
    text,
    warnings: filled.unused.map(
      (name) => `The answer for ${name} was not used: no setting on this branch has that name.`,
    ),
    next: [{ command: 'corbel doctor', when: 'you want to see that everything answers' }],
  }
}

async function prompterOf({ interactive, process: host }: Invocation): Promise<Prompter | null> {
  if (!interactive) return null
  const { clackPrompter } = await import('../setup/clack-prompter.ts')
  return clackPrompter(host)
}

const asTexts = (source: SettingsSource): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(source.names.map((name) => [name, source.get(name)]))

type Problems = Awaited<ReturnType<typeof inspectStack>>['problems']

function finish<R extends { readonly data: unknown; readonly text: string }>(
  { missing }: Filled,
  problems: Problems,
  result: R,
): R {
  if (missing.length > 0)
    throw new CliError('unanswered', {
      code: 'setup/answers-missing',
      message: `${missing.length} ${missing.length === 1 ? 'answer is' : 'answers are'} missing; the env file is as it was.`,
      why: missing.join(', '),
      fix: 'Give each as --var NAME=value or in an answers file, or run setup in a terminal.',
      next: `corbel setup ${missing.map((name) => `--var ${name}=…`).join(' ')}`,
      missing,
      ...result,
    })
  if (problems.length > 0)
    throw new CliError('invalid', {
      code: 'setup/refused',
      message: `A start would refuse ${problems.length} of the settings; the env file is as it was.`,
      why: problems.map(({ subject, what, why }) => `${subject} ${what}. ${why}`).join('\n        '),
      fix: problems.map(({ fix }) => fix).join('\n        '),
      ...result,
    })
  return result
}

const cancelled = (): CliError =>
  new CliError('interrupted', {
    code: 'setup/cancelled',
    message: 'Setup was cancelled; nothing was written.',
    fix: 'Run it again.',
    next: 'corbel setup',
  })

const unusedAnswers = (names: readonly string[]): CliError =>
  new CliError('invalid', {
    code: 'setup/unused-answers',
    message: `Nothing uses the answers for ${names.join(', ')}.`,
    why: 'They are misspelt, or belong to a branch that the other answers exclude.',
    fix: 'Take them out, or correct them.',
  })

/** Secrets as references to the environment, never in clear. */
function writeAnswers(
  path: string,
  profile: Profile,
  { settings }: Filled,
  secrets: ReadonlySet<string>,
): void {
  const answers = Object.fromEntries([
    ['CORBEL_PROFILE', profile],
    ...settings.map(({ setting: { env }, value }) => [env, secrets.has(env) ? { env } : value]),
  ])
  writeFileAtomically(path, `${JSON.stringify(answers, null, 2)}\n`)
}
