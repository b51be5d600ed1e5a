import { Secret } from '../kernel/secret.ts'
import type { Setting } from './define-settings.ts'
import { type Profile, profiles } from './profile.ts'
import { nearest } from './settings-names.ts'
import { missing, refused, unparsable, weak } from './settings-problems.ts'
import { weakness } from './settings-secrets.ts'
import type { StartProblem } from './start-report.ts'

/** Decides the profile, so the loader reads it before all others. */
export const profileName = 'CORBEL_PROFILE'

/** Texts by environment name. */
export interface SettingsSource {
  /** Trimmed; undefined when absent or empty. */
  get(name: string): string | undefined
  readonly names: readonly string[]
}

/** Reads declared settings one by one and keeps what is wrong with them. */
export class SettingsReader {
  readonly values = new Map<string, unknown>()
  readonly problems: StartProblem[] = []
  readonly #source: SettingsSource
  readonly #profile: Profile
  readonly #settings: ReadonlyMap<string, Setting>

  constructor(source: SettingsSource, profile: Profile, settings: ReadonlyMap<string, Setting>) {
    this.#source = source
    this.#profile = profile
    this.#settings = settings
  }

  /** Reads a setting once, after the one that its `when` names. */
  read(env: string): unknown {
    const setting = this.#settings.get(env)
    if (setting === undefined) return this.#source.get(env)
    if (!this.values.has(env)) {
      // Stands until the value is known, so that a circle of conditions ends.
      this.values.set(env, undefined)
      const value = this.#value(setting)
      this.values.set(env, setting.secret === true && value !== undefined ? new Secret(value) : value)
    }
    return this.values.get(env)
  }

  #value(setting: Setting): unknown {
    const text = this.#applies(setting) ? this.#source.get(setting.env) : undefined
    if (text !== undefined && setting.env !== profileName) return this.#parsed(setting, text)
    if (!this.#applies(setting) || setting.required?.includes(this.#profile) !== true)
      return defaultOf(setting, this.#profile)
    this.problems.push(missing(setting, this.#profile, nearest(setting.env, this.#undeclared())))
    return undefined
  }

  #parsed(setting: Setting, text: string): unknown {
    const result = setting.schema.safeParse(text)
    if (!result.success) {
      this.problems.push(unparsable(setting, text, result.error.issues[0]?.message))
      return undefined
    }
    if (this.#profile === 'production') {
      const weakly = setting.secret === true ? weakness(text) : null
      if (weakly !== null) this.problems.push(weak(setting, weakly))
      const reason = setting.refuse?.(result.data) ?? null
      if (reason !== null) this.problems.push(refused(setting, text, reason))
    }
    return result.data
  }

  #applies({ when }: Setting): boolean {
    return when === undefined || String(this.read(when.env)) === when.equals
  }

  #undeclared(): readonly string[] {
    return this.#source.names.filter((name) => !this.#settings.has(name))
  }
}

function defaultOf({ default: value }: Setting, profile: Profile): unknown {
  return isPerProfile(value) ? value[profile] : value
}

export const isPerProfile = (value: unknown): value is Readonly<Record<Profile, unknown>> =>
  typeof value === 'object' &&
  value !== null &&
  Object.keys(value).length === profiles.length &&
  profiles.every((profile) => Object.hasOwn(value, profile))
