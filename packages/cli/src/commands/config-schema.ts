import { factsOf, type SettingFacts } from '../catalog/setting-facts.ts'
import { sectionTitle, settingsOf } from '../catalog/setting-list.ts'
import { settingsJsonSchema } from '../catalog/settings-json-schema.ts'
import type { Action } from '../run/command.ts'
import { markdownTable, textTable } from '../run/table.ts'

export type SchemaFormat = 'table' | 'json' | 'md' | 'json-schema'

export const action: Action<{ readonly format: SchemaFormat }> = async ({ config }, { format }) => {
  const settings = settingsOf(await (await config()).config.describe()).map(factsOf)
  if (format === 'json-schema') {
    const schema = settingsJsonSchema(settings)
    return { data: schema, text: JSON.stringify(schema, null, 2) }
  }
  return { data: settings, text: printed[format](settings) }
}

const head = ['Setting', 'Section', 'Required', 'Default', 'What it decides']

const row = ({
  env,
  section,
  required,
  default: standard,
  summary,
  secret,
}: SettingFacts): readonly string[] => [
  secret ? `${env} *` : env,
  sectionTitle(section),
  required.join(', '),
  standard ?? '',
  summary,
]

const printed: Readonly<Record<'table' | 'json' | 'md', (settings: readonly SettingFacts[]) => string>> = {
  table: (settings) => `${textTable(head, settings.map(row))}\n\n* secret`,
  json: (settings) => JSON.stringify(settings, null, 2),
  md: (settings) => `${markdownTable(head, settings.map(row))}\n\n\\* secret`,
}
