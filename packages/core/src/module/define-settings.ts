import type * as z from 'zod'
import type { Secret } from '../kernel/secret.ts'
import type { Profile } from './profile.ts'

/** Pages of the set-up wizard and headings of the reference. */
export type SettingsSection =
  | 'application' | 'database' | 'secrets' | 'auth' | 'sign-up' | 'mail' | 'http' | 'observability' | 'billing' | 'agents' | 'redis' | 'tenant'

/** One value that an operator can set: everything that the loader, `.env.example`, the docs, the wizard and doctor need. */
export interface Setting<T = unknown> {
  /** Name of the environment variable. */
  readonly env: string
  readonly section: SettingsSection
  /** One sentence: what it decides, with its unit. */
  readonly summary: string
  /** Parses the text of the environment variable. */
  readonly schema: z.ZodType<T>
  /** Value when the variable is absent or empty; per profile where they differ. */
  readonly default?: T | Readonly<Record<Profile, T>>
  /** Loaded as a {@link Secret}, never shown; production refuses placeholders and values under 32 characters. */
  readonly secret?: boolean
  /** Profiles that do not start without it. @default none */
  readonly required?: readonly Profile[]
  /** It matters only when another setting has this value. */
  readonly when?: { readonly env: string; readonly equals: string }
  /** Values that production refuses because they travel in the clear or are stand-ins: a reason, or null when the value is fine. */
  readonly refuse?: (value: T) => string | null
  /** A value to show in `.env.example` and the wizard. Never a usable secret. */
  readonly example?: string
  /** How to make or find a value, such as a command. */
  readonly fix?: string
}

export type SettingsCatalog = Readonly<Record<string, Setting>>

/** Typed values of a catalogue: secrets are wrapped, and a setting without default that is not required may be undefined. */
export type SettingsOf<C extends SettingsCatalog> = {
  readonly [K in keyof C]: C[K] extends Setting<infer T> & { readonly secret: true }
    ? Secret<NonNullable<T>> | Absent<C[K]>
    : C[K] extends Setting<infer T>
      ? T | Absent<C[K]>
      : never
}

type Absent<S> = S extends { readonly default: unknown } ? never : S extends { readonly required: readonly [Profile, Profile, Profile] } ? never : undefined

/** Declares the settings of a module. */
export const defineSettings = <const C extends SettingsCatalog>(catalog: C): C => catalog
