import type * as z from 'zod'
import type { Secret } from '../kernel/secret.ts'
import type { Profile } from './profile.ts'

/** Pages of the set-up wizard and headings of the reference. */
export type SettingsSection =
  | 'application'
  | 'database'
  | 'secrets'
  | 'auth'
  | 'sign-up'
  | 'mail'
  | 'notifications'
  | 'http'
  | 'observability'
  | 'billing'
  | 'agents'
  | 'redis'
  | 'tenant'
  | 'status'

/** One value that an operator can set: everything that the loader, `.env.example`, the docs, the wizard and doctor need. */
export interface Setting<T = unknown> {
  /** Name of the environment variable. */
  readonly env: string
  readonly section: SettingsSection
  /** One sentence: what it decides, with its unit. */
  readonly summary: string
  /** Parses the text of the environment variable. */
  readonly schema: z.ZodType<T>
  /** Value when the variable is absent or empty; per profile where they differ. Not used in profiles that require the setting. */
  readonly default?: T | Readonly<Record<Profile, T>>
  /** Loaded as a {@link Secret}, never shown; production refuses placeholders and values under 32 characters. */
  readonly secret?: boolean
  /** Profiles that do not start without it. @default none */
  readonly required?: readonly Profile[]
  /** It matters only when another setting has this value; otherwise it is treated as absent and not required. */
  readonly when?: { readonly env: string; readonly equals: string }
  /** Values that production refuses because they travel in the clear or are stand-ins: a reason, or null when the value is fine. */
  refuse?(value: T): string | null
  /**
   * The value with another secret in front of those that it has, where they stay good for what was made with them. Absent: another
   * value takes its place, and what was made with the one before ends.
   */
  rotated?(present: string, next: string): string
  /** A value to show in `.env.example` and the wizard. Never a usable secret. */
  readonly example?: string
  /** How to make or find a value, such as a command. */
  readonly fix?: string
}

export type SettingsCatalog = Readonly<Record<string, Setting>>

/** Typed values of a catalogue: secrets are wrapped, and a setting without default that is not required may be undefined. */
export type SettingsOf<C extends SettingsCatalog> = {
  readonly [K in keyof C]:
    | (C[K] extends { readonly secret: true } ? Secret<ValueOf<C[K]>> : ValueOf<C[K]>)
    | Absent<C[K]>
}

type ValueOf<S> = S extends { readonly schema: z.ZodType<infer T> } ? T : never

type Absent<S> = S extends { readonly default: unknown }
  ? never
  : S extends { readonly when: unknown }
    ? undefined
    : S extends { readonly required: readonly [Profile, Profile, Profile] }
      ? never
      : undefined

/** Every setting with its own type, so that a default or a refusal of another type does not compile. */
type Consistent<C> = { readonly [K in keyof C]: Setting<ValueOf<C[K]>> }

/** Declares the settings of a module. */
export const defineSettings = <const C extends SettingsCatalog>(catalog: C & Consistent<C>): C => catalog
