import { inspectSettings, type Profile, type Setting, type SettingsSource } from '@corbel/core'
import { madeSecret } from '../catalog/made-secret.ts'
import { type DeclaredSetting, sectionTitle, settingsCatalogs, settingsOf } from '../catalog/setting-list.ts'
import type { StackDescription } from '../config.ts'
import type { EnvEntry } from '../env-file/edit-env.ts'
import type { Answers } from './answers.ts'
import type { Prompter } from './prompter.ts'

export interface FillIn {
  readonly description: StackDescription
  readonly profile: Profile
  readonly answers: Answers
  /** What the file and the environment say already. */
  readonly present: SettingsSource
  /** Null when nobody can be asked. */
  readonly prompter: Prompter | null
}

export type Origin = 'answered' | 'made' | 'asked' | 'kept'

export interface FilledSetting {
  readonly setting: Setting
  readonly origin: Origin
  readonly value: string
}

export interface Filled {
  readonly settings: readonly FilledSetting[]
  /** Names without which a start fails. */
  readonly missing: readonly string[]
  /** Names that have an answer and are nobody's setting, or have no effect on this branch. */
  readonly unused: readonly string[]
  readonly cancelled: boolean
}

/**
 * Goes through the settings page by page. What another setting switches off is not asked; what has a default is not asked either; what
 * the declaration tells to make with openssl is made here.
 */
export async function fillIn(options: FillIn): Promise<Filled> {
  const { description, profile, answers, present } = options
  const all = settingsOf(description)
  const values = new Map<string, string>([['CORBEL_PROFILE', profile]])
  const filled: FilledSetting[] = []
  const missing: string[] = []
  const reached = new Set<string>(['CORBEL_PROFILE'])
  const applies = ({ setting: { when } }: DeclaredSetting): boolean =>
    when === undefined || effective(description, profile, present, values, when.env) === when.equals
  // A setting comes after the one that it depends on, whatever page that is on.
  for (const declared of inOrder(all)) {
    const { setting } = declared
    const { env } = setting
    if (env === 'CORBEL_PROFILE' || !applies(declared)) continue
    reached.add(env)
    const found = await valueFor(setting, options, all.length - reached.size)
    if (found === null) return { settings: filled, missing, unused: [], cancelled: true }
    if (found) {
      values.set(env, found.value)
      filled.push(found)
    } else if (setting.required?.includes(profile) === true) missing.push(env)
  }
  const unused = Object.keys(answers).filter((name) => !reached.has(name))
  return { settings: filled, missing, unused, cancelled: false }
}

function inOrder(all: readonly DeclaredSetting[]): readonly DeclaredSetting[] {
  const left = [...all]
  const ordered: DeclaredSetting[] = []
  const waits = ({ setting: { when } }: DeclaredSetting): boolean =>
    when !== undefined && left.some(({ setting }) => setting.env === when.env)
  while (left.length > 0) {
    // A circle of conditions has no first one; its first in the list is taken.
    const at = Math.max(
      0,
      left.findIndex((declared) => !waits(declared)),
    )
    ordered.push(...left.splice(at, 1))
  }
  return ordered
}

/** What a setting comes to, defaults included, as the loader reads it. */
function effective(
  description: StackDescription,
  profile: Profile,
  present: SettingsSource,
  values: ReadonlyMap<string, string>,
  env: string,
): string {
  const source = { get: (name: string) => values.get(name) ?? present.get(name), names: [...values.keys()] }
  return String(inspectSettings({ source, catalogs: settingsCatalogs(description), profile }).byEnv.get(env))
}

/** Undefined: it has none. Null: the person wants to stop. */
async function valueFor(
  setting: Setting,
  { answers, present, profile, prompter }: FillIn,
  remaining: number,
): Promise<FilledSetting | undefined | null> {
  const answered = answers[setting.env]
  if (answered !== undefined) return { setting, origin: 'answered', value: answered }
  const kept = present.get(setting.env)
  if (kept !== undefined) return { setting, origin: 'kept', value: kept }
  if (setting.required?.includes(profile) !== true) return undefined
  const made = madeSecret(setting)
  if (made !== null) return { setting, origin: 'made', value: made }
  if (!prompter) return undefined
  const value = await prompter.ask(
    {
      name: setting.env,
      title: setting.summary,
      why: `${sectionTitle(setting.section)}. Required in the profile "${profile}". ${setting.fix ?? ''}`.trim(),
      secret: setting.secret === true,
      ...(setting.example !== undefined && { suggestion: setting.example }),
      check: (text) =>
        setting.schema.safeParse(text.trim()).success ? null : `It must be ${setting.schema.description}.`,
    },
    remaining,
  )
  return value === null ? null : { setting, origin: 'asked', value: value.trim() }
}

/** What the env file gets: what is new, with its summary. */
export const entriesOf = (profile: Profile, settings: readonly FilledSetting[]): readonly EnvEntry[] => [
  { name: 'CORBEL_PROFILE', value: profile, comment: 'Where the stack runs.' },
  ...settings
    .filter(({ origin }) => origin !== 'kept')
    .map(({ setting: { env, summary }, value }) => ({ name: env, value, comment: summary })),
]
