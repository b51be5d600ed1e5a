import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Profile } from '@corbel/core'
import { writeFileAtomically } from '../env-file/write-file.ts'
import { markdownTable } from '../run/table.ts'
import type { Filled } from './fill-in.ts'

export interface SetupSummary {
  readonly schema: 'corbel.setup-summary/v1'
  readonly profile: Profile
  readonly envFile: string
  /** Where each value comes from; never the value. */
  readonly settings: readonly {
    readonly name: string
    readonly section: string
    readonly secret: boolean
    readonly origin: string
  }[]
  readonly missing: readonly string[]
  readonly problems: readonly {
    readonly subject: string
    readonly what: string
    readonly why: string
    readonly fix: string
  }[]
}

export const summaryOf = (
  profile: Profile,
  envFile: string,
  { settings, missing }: Filled,
  problems: SetupSummary['problems'],
): SetupSummary => ({
  schema: 'corbel.setup-summary/v1',
  profile,
  envFile,
  settings: settings.map(({ setting, origin }) => ({
    name: setting.env,
    section: setting.section,
    secret: setting.secret === true,
    origin,
  })),
  missing,
  problems: problems.map(({ subject, what, why, fix }) => ({ subject, what, why, fix })),
})

// Nothing in a report is secret.
const mode = 0o644

/** Writes `setup-summary.json` and `.md`, and returns their paths. */
export function writeSummary(folder: string, summary: SetupSummary): readonly string[] {
  mkdirSync(folder, { recursive: true })
  const [json, markdown] = [join(folder, 'setup-summary.json'), join(folder, 'setup-summary.md')]
  writeFileAtomically(json, `${JSON.stringify(summary, null, 2)}\n`, mode)
  writeFileAtomically(markdown, markdownOf(summary), mode)
  return [json, markdown]
}

const markdownOf = ({ profile, envFile, settings, missing, problems }: SetupSummary): string =>
  [
    `# Setup for the profile ${profile}`,
    `Written to \`${envFile}\`. Values do not stand here.`,
    markdownTable(
      ['Setting', 'Section', 'Secret', 'Where it comes from'],
      settings.map(({ name, section, secret, origin }) => [
        `\`${name}\``,
        section,
        secret ? 'yes' : '',
        origin,
      ]),
    ),
    missing.length === 0
      ? 'Nothing is missing.'
      : `Missing: ${missing.map((name) => `\`${name}\``).join(', ')}`,
    problems.length === 0
      ? 'Nothing keeps the stack from starting.'
      : markdownTable(
          ['Setting', 'What', 'Why', 'Fix'],
          problems.map(({ subject, what, why, fix }) => [subject, what, why, fix]),
        ),
    '',
  ].join('\n\n')
