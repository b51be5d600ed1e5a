import { existsSync } from 'node:fs'
import { fromEnv, type Profile, profiles, type SettingsSource } from '@corbel/core'
import { inspectStack } from '../catalog/inspect-stack.ts'
import { settingsOf } from '../catalog/setting-list.ts'
import type { Invocation } from '../run/cli-context.ts'
import type { Action } from '../run/command.ts'
import type { Result } from '../run/envelope.ts'
import { envTarget } from '../run/env-target.ts'
import { readEnvFile } from '../run/read-settings.ts'
import { type Answers, readAnswers } from '../setup/answers.ts'
import { carryOut } from '../setup/carry-out.ts'
import { changeSet, diffText } from '../setup/change-set.ts'
import { entriesOf, fillIn } from '../setup/fill-in.ts'
import { hasPlan, readPlan, type SetupPlan } from '../setup/plan.ts'
import type { Prompter } from '../setup/prompter.ts'
import { rowsOf, writeReports } from '../setup/reports.ts'
import {
  cancelled,
  locked,
  refuseUnfit,
  unfinished,
  unknownProfile,
  unusedAnswers,
} from '../setup/refusals.ts'

export type SetupFlags = {
  readonly profile?: Profile
  readonly answersFile?: readonly string[]
  readonly var?: readonly string[]
  readonly exportAnswers?: string
  readonly reports: string
  readonly dryRun: boolean
  readonly reportOnly: boolean
  readonly strict: boolean
  readonly resume: boolean
  readonly offline: boolean
}

/** Brings a stack to where it starts. Values that are there stay; doing it twice changes nothing. */
export const action: Action<SetupFlags> = async (invocation, flags) => {
  const { config, process: host, resolve } = invocation
  const { config: stack } = await config()
  const target = await envTarget(invocation)
  if (flags.resume) return finish(invocation, readPlan(target))
  if (hasPlan(target) && !flags.dryRun && !flags.reportOnly) throw unfinished(target)
  const description = await stack.describe()
  const current = existsSync(target) ? readEnvFile(target) : {}
  const present = fromEnv(host.env, current)
  const answers = readAnswers((flags.answersFile ?? []).map(resolve), flags.var ?? [], host.env)
  const profile = profileOf(flags, answers, present, current)
  const prompter = flags.reportOnly ? null : await prompterOf(invocation)
  const filled = await fillIn({ description, profile, answers, present, prompter })
  if (filled.cancelled) throw cancelled()
  if (flags.strict && filled.unused.length > 0) throw unusedAnswers(filled.unused)
  const entries = entriesOf(profile, filled.settings)
  const after = fromEnv(Object.fromEntries(entries.map(({ name, value }) => [name, value])), asTexts(present))
  const inspected = await inspectStack(stack, description, after, profile)
  const secrets = new Set(
    settingsOf(description).flatMap(({ setting }) => (setting.secret === true ? [setting.env] : [])),
  )
  const changes = changeSet(entries, current, (name) => secrets.has(name))
  const report = {
    description,
    inspected,
    envFile: target,
    secrets: stack.secrets,
    missing: filled.missing,
    given: new Set(filled.settings.map(({ setting }) => setting.env)),
  }
  const data = {
    profile,
    settings: rowsOf(report).filter(({ source }) => source === 'set'),
    origins: Object.fromEntries(filled.settings.map(({ setting: { env }, origin }) => [env, origin])),
    changes,
    unused: filled.unused,
  }
  const text = diffText(target, changes)
  if (flags.dryRun || flags.reportOnly) {
    const reports = flags.reportOnly ? writeReports(resolve(flags.reports), report) : []
    const shown = flags.reportOnly ? reports.join('\n') : `${text}\nNothing was written.`
    return refuseUnfit(filled.missing, inspected.problems, { data: { ...data, reports }, text: shown })
  }
  // What is not fit to start with is not written: a half-filled file looks like a finished one.
  refuseUnfit(filled.missing, inspected.problems, { data, text: '' })
  const done = await finish(invocation, {
    schema: 'corbel.setup-plan/v1',
    profile,
    envFile: target,
    entries,
    reports: resolve(flags.reports),
    exportAnswers: flags.exportAnswers === undefined ? null : resolve(flags.exportAnswers),
    live: !flags.offline,
  })
  return {
    ...done,
    data: { ...data, ...(done.data as object) },
    text,
    warnings: filled.unused.map(
      (name) => `The answer for ${name} was not used: no setting on this branch has that name.`,
    ),
  }
}

async function finish(invocation: Invocation, plan: SetupPlan): Promise<Result> {
  const { config, process: host, progress } = invocation
  const done = await carryOut(plan, (await config()).config, host.env, progress)
  return {
    data: done,
    text: `Finished: ${plan.envFile}`,
    next: [{ command: 'corbel doctor', when: 'you want to see that everything answers' }],
  }
}

/** What was said last counts, but a file that is made for one profile does not become one for a laxer. */
function profileOf(
  flags: SetupFlags,
  answers: Answers,
  present: SettingsSource,
  current: Readonly<Record<string, string | undefined>>,
): Profile {
  const named = flags.profile ?? answers['CORBEL_PROFILE'] ?? present.get('CORBEL_PROFILE') ?? 'local'
  const profile = profiles.find((each) => each === named)
  if (profile === undefined) throw unknownProfile()
  const own = profiles.findIndex((each) => each === current['CORBEL_PROFILE'])
  if (profiles.indexOf(profile) < own) throw locked(profiles[own] ?? profile, profile)
  return profile
}

async function prompterOf({ interactive, process: host }: Invocation): Promise<Prompter | null> {
  if (!interactive) return null
  const { clackPrompter } = await import('../setup/clack-prompter.ts')
  return clackPrompter(host)
}

const asTexts = (source: SettingsSource): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(source.names.map((name) => [name, source.get(name)]))
