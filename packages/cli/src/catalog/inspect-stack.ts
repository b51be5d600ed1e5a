import { inspectSettings, type InspectedSettings, type Profile, type SettingsSource } from '@corbel/core'
import type { CorbelConfig, StackDescription } from '../config.ts'
import { settingsCatalogs } from './setting-list.ts'

/** What a start would say about these settings, without what the host puts right by itself. */
export async function inspectStack(
  config: CorbelConfig,
  description: StackDescription,
  source: SettingsSource,
  profile: Profile | undefined,
): Promise<InspectedSettings> {
  const inspected = inspectSettings({
    source,
    catalogs: settingsCatalogs(description),
    ...(profile && { profile }),
  })
  const supplied = new Set(inspected.profile === 'local' ? await config.supplies?.(source) : [])
  return {
    ...inspected,
    problems: inspected.problems.filter(
      ({ subject, what }) => what !== 'is missing' || !supplied.has(subject),
    ),
  }
}
