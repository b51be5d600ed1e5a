import {
  type Profile,
  profiles,
  type Setting,
  type SettingsCatalogs,
  type SettingsSection,
} from '@corbel/core'
import type { StackDescription } from '../config.ts'

/** A setting with who declares it. */
export interface DeclaredSetting {
  readonly setting: Setting
  readonly module: string
}

/** Titles of the pages, in the order in which one would fill them in. */
const titles: Readonly<Record<SettingsSection, string>> = {
  application: 'Application',
  database: 'Database',
  redis: 'Redis',
  secrets: 'Secrets',
  auth: 'Sign-in',
  'sign-up': 'Sign-up',
  tenant: 'Tenants',
  mail: 'Mail',
  notifications: 'Notifications',
  status: 'Status page',
  billing: 'Billing',
  agents: 'Agents',
  http: 'HTTP',
  observability: 'Observability',
}

// A section of a newer core is not among them, and comes last.
const sections: readonly string[] = Object.keys(titles)

/** Every setting of the stack once, by section and then in the order of declaration. */
export function settingsOf({ catalogs }: Pick<StackDescription, 'catalogs'>): readonly DeclaredSetting[] {
  const seen = new Set<Setting>()
  const all = Object.entries(catalogs).flatMap(([module, { settings }]) =>
    Object.values(settings ?? {}).flatMap((setting) => {
      if (seen.has(setting)) return []
      seen.add(setting)
      return [{ setting, module }]
    }),
  )
  const place = ({ setting }: DeclaredSetting): number => {
    const at = sections.indexOf(setting.section)
    return at === -1 ? sections.length : at
  }
  return all.toSorted((a, b) => place(a) - place(b))
}

export const settingsCatalogs = ({ catalogs }: StackDescription): SettingsCatalogs =>
  Object.fromEntries(Object.entries(catalogs).map(([name, { settings }]) => [name, settings ?? {}]))

export const sectionTitle = (section: string): string =>
  isKnown(section) ? titles[section] : `${section[0]?.toUpperCase()}${section.slice(1)}`

const isKnown = (section: string): section is SettingsSection => Object.hasOwn(titles, section)

/** A value as one would write it into the environment. */
export function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.map(String).join(',')
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(([name, item]) => `${name}=${String(item)}`)
      .join(',')
  return value === undefined ? '' : String(value as string | number | boolean)
}

/** Undefined when there is none. */
export function defaultIn({ default: value, required }: Setting, profile: Profile): string | undefined {
  if (required?.includes(profile) === true) return undefined
  const own = isPerProfile(value) ? value[profile] : value
  return own === undefined ? undefined : valueText(own)
}

/** The default, told once or for each profile; empty when there is none. */
export function defaultText(setting: Setting): string {
  const own = profiles.map((profile) => [profile, defaultIn(setting, profile)] as const)
  const told = own.filter(([, text]) => text !== undefined)
  if (new Set(told.map(([, text]) => text)).size === 1) return told[0]?.[1] ?? ''
  return told.map(([profile, text]) => `${profile}: ${text}`).join('; ')
}

const isPerProfile = (value: unknown): value is Readonly<Record<Profile, unknown>> =>
  typeof value === 'object' &&
  value !== null &&
  Object.keys(value).toSorted().join() === profiles.toSorted().join()
