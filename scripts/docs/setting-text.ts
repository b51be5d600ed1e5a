import { profiles, type Setting, type SettingsSection } from '@corbel/core'
import { entriesOf, type Reference } from './reference.ts'

const titles: Readonly<Record<SettingsSection, string>> = {
  application: 'Application',
  http: 'HTTP',
  database: 'Database',
  redis: 'Redis',
  secrets: 'Secrets',
  auth: 'Sign-in',
  'sign-up': 'Sign-up',
  tenant: 'Tenants',
  status: 'Status page',
  mail: 'Mail',
  notifications: 'Notifications',
  billing: 'Billing',
  agents: 'Agents',
  observability: 'Observability',
}

export interface SettingsGroup {
  readonly title: string
  readonly settings: readonly Setting[]
}

/** Every setting once, by section. */
export function settingsGroups(reference: Reference): readonly SettingsGroup[] {
  const settings = [
    ...new Set(entriesOf(reference, 'settings').flatMap(({ entries }) => Object.values(entries))),
  ]
  return Object.entries(titles).flatMap(([section, title]) => {
    const own = settings.filter((setting) => setting.section === section)
    return own.length === 0 ? [] : [{ title, settings: own }]
  })
}

/** A value as one would write it into the environment. */
export function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.map(String).join(',')
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([name, item]) => `${name}=${String(item)}`)
      .join(',')
  }
  return value === undefined ? '' : String(value as string | number | boolean)
}

/** The default, told once or for each profile; empty when there is none. */
export function defaultText({ default: value, required = [] }: Setting): string {
  if (value === undefined) return ''
  const own = profiles.filter((profile) => !required.includes(profile))
  if (!isPerProfile(value)) return valueText(value)
  return own.map((profile) => `${profile}: ${valueText(value[profile])}`).join('; ')
}

const isPerProfile = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' &&
  value !== null &&
  Object.keys(value).toSorted().join() === profiles.toSorted().join()

/** In which profiles and on which condition a start needs the setting; empty when none does. */
export function requiredText({ required = [], when }: Setting): string {
  if (required.length === 0) return ''
  const where = required.length === profiles.length ? 'always' : required.join(', ')
  return when === undefined
    ? where
    : `${where === 'always' ? '' : `${where} `}when ${when.env} is ${when.equals}`
}
