import { markdownTable } from '../run/table.ts'

/** What a check of a release came to. Its output is kept as a digest: it may be long, and may hold what nobody should read. */
export interface CheckOutcome {
  readonly name: string
  readonly command: readonly string[]
  readonly exitCode: number
  readonly milliseconds: number
  readonly outputSha256: string
}

/** What a release was, and how it was shown to be fit. */
export interface Evidence {
  readonly schema: 'corbel.release-evidence/v1'
  readonly createdAt: string
  readonly passed: boolean
  readonly versions: { readonly corbel: string; readonly node: string; readonly commit: string | null }
  readonly hashes: { readonly openApi: string; readonly declarations: string }
  /** Null when the configuration has no database. */
  readonly migrations: { readonly applied: readonly string[]; readonly pending: readonly string[] } | null
  readonly checks: readonly CheckOutcome[]
  /** Every secret that was looked for, in the forms named, in these texts and in all output. */
  readonly redaction: {
    readonly secrets: readonly string[]
    readonly forms: readonly string[]
    readonly found: 0
  }
}

export const evidenceMarkdown = (evidence: Evidence): string => {
  const { createdAt, passed, versions, hashes, migrations, checks, redaction } = evidence
  return [
    '# Release evidence',
    `${passed ? 'Every check passed' : 'A check FAILED'}; made at ${createdAt}.`,
    markdownTable(
      ['What', 'Which'],
      [
        ['corbel', versions.corbel],
        ['Node', versions.node],
        ['Commit', versions.commit ?? 'unknown'],
        ['OpenAPI document', hashes.openApi],
        ['Declared settings', hashes.declarations],
        ['Migrations applied', String(migrations?.applied.length ?? '')],
        ['Migrations pending', String(migrations?.pending.length ?? '')],
      ],
    ),
    markdownTable(
      ['Check', 'Command', 'Exit code', 'Milliseconds', 'SHA-256 of its output'],
      checks.map(({ name, command, exitCode, milliseconds, outputSha256 }) => [
        name,
        command.join(' '),
        String(exitCode),
        String(milliseconds),
        outputSha256,
      ]),
    ),
    `None of ${redaction.secrets.length} secrets stands in these files or was printed by a check, neither as it is nor as ${redaction.forms.join(', ')}: ${redaction.secrets.join(', ') || 'none is set'}.`,
    '',
  ].join('\n\n')
}
