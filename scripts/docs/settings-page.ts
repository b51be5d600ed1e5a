import type { Setting } from '@corbel/core'
import { defaultText } from '../../packages/cli/src/catalog/setting-list.ts'
import { code, page, plain, table } from './markdown.ts'
import type { Reference } from './reference.ts'
import { requiredText, settingsGroups } from './settings-groups.ts'

const intro = `Settings are environment variables. An empty variable counts as absent. A start with wrong settings is refused with one report of
everything that is wrong; \`CORBEL_PROFILE=production\` also refuses placeholder secrets, secrets under 32 characters, plain-text
transports and the embedded stand-ins.`

export const settingsPage = (reference: Reference): string =>
  page(
    'Settings',
    intro,
    ...settingsGroups(reference).flatMap(({ title, settings }) => [
      `## ${title}`,
      table(['Setting', 'What it decides', 'Form', 'Default', 'Required'], settings.map(row)),
    ]),
  )

const row = (setting: Setting): readonly string[] => [
  `${code(setting.env)}${setting.secret === true ? ' (secret)' : ''}`,
  plain([setting.summary, condition(setting), setting.fix ?? ''].filter((text) => text !== '').join(' ')),
  plain(setting.schema.description ?? 'text'),
  code(defaultText(setting)),
  plain(requiredText(setting)),
]

const condition = ({ when }: Setting): string =>
  when === undefined ? '' : `Only when ${when.env} is ${when.equals}.`
