import type { Setting, SettingsCatalog, SettingsOf } from './define-settings.ts'
import { type Profile, profiles } from './profile.ts'
import { nearest, unknownNames } from './settings-names.ts'
import { misspeltProfile, redeclared } from './settings-problems.ts'
import { profileName, SettingsReader, type SettingsSource } from './settings-reader.ts'
import { type StartProblem, StartRefused } from './start-report.ts'

type Texts = Readonly<Record<string, string | undefined>>

/**
 * Reads settings from environment variables.
 *
 * @param env - @default the environment of the process
 * @param fallbacks - Asked in order for what `env` does not have, such as a parsed file or generated secrets.
 */
export function fromEnv(env?: Texts, ...fallbacks: readonly Texts[]): SettingsSource {
  const layers = [env ?? (typeof process === 'undefined' ? {} : process.env), ...fallbacks]
  const get = (name: string): string | undefined => {
    for (const layer of layers) {
      const text = Object.hasOwn(layer, name) ? layer[name]?.trim() : undefined
      if (text !== undefined && text !== '') return text
    }
    return undefined
  }
  return {
    get,
    names: [...new Set(layers.flatMap((layer) => Object.keys(layer)))].filter(
      (name) => get(name) !== undefined,
    ),
  }
}

export type SettingsCatalogs = Readonly<Record<string, SettingsCatalog>>

export interface LoadOptions<Catalogs extends SettingsCatalogs> {
  readonly source: SettingsSource
  /** By module. */
  readonly catalogs: Catalogs
  /** @default the setting CORBEL_PROFILE, then `local` */
  readonly profile?: Profile
  /** Names that others declare, which are not warned about. */
  readonly known?: readonly string[]
}

export interface LoadedSettings<Catalogs extends SettingsCatalogs = SettingsCatalogs> {
  readonly profile: Profile
  /** By module and key. */
  readonly values: { readonly [M in keyof Catalogs]: SettingsOf<Catalogs[M]> }
  /** The same values by environment name; secrets stay wrapped. */
  readonly byEnv: ReadonlyMap<string, unknown>
  /** What does not stop the start but is probably a mistake. */
  readonly warnings: readonly string[]
}

export interface InspectedSettings<
  Catalogs extends SettingsCatalogs = SettingsCatalogs,
> extends LoadedSettings<Catalogs> {
  /** While there are any, `values` lacks the settings that they name. */
  readonly problems: readonly StartProblem[]
}

/** Settings that cannot be used. The message is a report of all of them and never holds a secret value. */
export class SettingsError extends StartRefused {
  constructor(profile: Profile, problems: readonly StartProblem[]) {
    super(profile, problems)
    this.name = 'SettingsError'
  }
}

/** @throws SettingsError that lists every problem at once. */
export function loadSettings<const Catalogs extends SettingsCatalogs>(
  options: LoadOptions<Catalogs>,
): LoadedSettings<Catalogs> {
  const { problems, ...loaded } = inspectSettings(options)
  if (problems.length > 0) throw new SettingsError(loaded.profile, problems)
  return loaded
}

/** Like {@link loadSettings}, but hands the problems back, so that a caller can add its own to the report. */
export function inspectSettings<const Catalogs extends SettingsCatalogs>(
  options: LoadOptions<Catalogs>,
): InspectedSettings<Catalogs> {
  const { source, catalogs, known = [] } = options
  const { profile, problem } = profileOf(options)
  const { settings, problems: conflicts } = merge(catalogs)
  const reader = new SettingsReader(source, profile, settings)
  for (const env of settings.keys()) reader.read(env)
  const byEnv = new Map(reader.values)
  if (settings.has(profileName)) byEnv.set(profileName, profile)
  const values = Object.fromEntries(
    Object.entries(catalogs).map(([module, catalog]) => [
      module,
      Object.fromEntries(Object.entries(catalog).map(([key, { env }]) => [key, byEnv.get(env)])),
    ]),
  )
  return {
    profile,
    values: values as LoadedSettings<Catalogs>['values'],
    byEnv,
    problems: [...problem, ...conflicts, ...reader.problems],
    warnings: [
      ...unreadProfile(source, options.profile),
      ...unknownNames(source.names, new Set([...settings.keys(), ...known, profileName])),
    ],
  }
}

function profileOf({ source, profile }: LoadOptions<SettingsCatalogs>): {
  profile: Profile
  problem: readonly StartProblem[]
} {
  if (profile !== undefined) return { profile, problem: [] }
  const text = source.get(profileName)
  if (text === undefined) return { profile: 'local', problem: [] }
  const exact = profiles.find((candidate) => candidate === text.toLowerCase())
  if (exact !== undefined) return { profile: exact, problem: [] }
  // The rest of the report is about the profile that was probably meant, so that one run shows everything.
  const meant =
    nearest(text, profiles) ?? profiles.find((candidate) => candidate.startsWith(text.toLowerCase()))
  return { profile: meant ?? 'local', problem: [misspeltProfile(profileName, text, meant)] }
}

/** Other systems' names for the profile: nobody should believe to run in production because of them. */
function unreadProfile(source: SettingsSource, given: Profile | undefined): readonly string[] {
  if (given !== undefined || source.get(profileName) !== undefined) return []
  return ['ENVIRONMENT', 'NODE_ENV']
    .filter((name) => profiles.slice(1).some((profile) => profile === source.get(name)?.toLowerCase()))
    .map((name) => `${name} does not decide the profile, so this is "local". Set ${profileName}.`)
}

function merge(catalogs: SettingsCatalogs): {
  settings: ReadonlyMap<string, Setting>
  problems: readonly StartProblem[]
} {
  const settings = new Map<string, Setting>()
  const owners = new Map<string, string>()
  const problems: StartProblem[] = []
  for (const [module, catalog] of Object.entries(catalogs)) {
    for (const setting of Object.values(catalog)) {
      const other = settings.get(setting.env)
      if (other === undefined) {
        settings.set(setting.env, setting)
        owners.set(setting.env, module)
      } else if (other !== setting)
        problems.push(redeclared(setting, owners.get(setting.env) ?? module, module))
    }
  }
  return { settings, problems }
}
