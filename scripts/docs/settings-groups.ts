import { profiles, type Setting } from '@corbel/core'
import { sectionTitle, settingsOf } from '../../packages/cli/src/catalog/setting-list.ts'
import type { Reference } from './reference.ts'

export interface SettingsGroup {
  readonly title: string
  readonly settings: readonly Setting[]
}

/** Every setting once, by section, as the operator's program asks for them. */
export const settingsGroups = (reference: Reference): readonly SettingsGroup[] =>
  [
    ...Map.groupBy(
      settingsOf(reference).map(({ setting }) => setting),
      ({ section }) => section,
    ),
  ].map(([section, settings]) => ({ title: sectionTitle(section), settings }))

/** In which profiles and on which condition a start needs the setting; empty when none does. */
export function requiredText({ required = [], when }: Setting): string {
  if (required.length === 0) return ''
  const where = required.length === profiles.length ? 'always' : required.join(', ')
  return when === undefined
    ? where
    : `${where === 'always' ? '' : `${where} `}when ${when.env} is ${when.equals}`
}
