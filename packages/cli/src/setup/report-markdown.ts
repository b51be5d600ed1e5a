import { markdownTable } from '../run/table.ts'
import type { PolicyAudit, SetupSummary } from './report.ts'

/** Reports for people. A secret has a name here and no value. */
export const summaryMarkdown = ({ profile, envFile, settings, missing, problems }: SetupSummary): string =>
  [
    `# Setup for the profile ${profile}`,
    `The env file is \`${envFile}\`. Values do not stand here.`,
    markdownTable(
      ['Setting', 'Section', 'Secret'],
      settings.map(({ name, section, secret }) => [`\`${name}\``, section, secret ? 'yes' : '']),
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

export const auditMarkdown = ({ profile, settings }: PolicyAudit): string =>
  [
    `# What applies in the profile ${profile}`,
    'Every setting of the stack with the value that it comes to, default or not.',
    markdownTable(
      ['Setting', 'Section', 'Value', 'From', 'Required'],
      settings.map(({ name, section, secret, value, source, required }) => [
        `\`${name}\``,
        section,
        secret ? (source === 'set' ? 'secret, set' : 'secret, not set') : (value ?? ''),
        source,
        required ? 'yes' : '',
      ]),
    ),
    '',
  ].join('\n\n')
