import { profiles } from '@corbel/core'
import { count, digest, documentOf, type Form, listOf, orNull, record, text, truth } from './form.ts'

const profile: Form = { enum: profiles }

export const setupSummary = documentOf(
  'corbel.setup-summary/v1',
  'reports/setup-summary.json of "corbel setup".',
  {
    profile,
    envFile: { ...text, description: 'Relative to the report.' },
    settings: listOf(record({ name: text, section: text, secret: truth })),
    missing: listOf(text),
    problems: listOf(record({ subject: text, what: text, why: text, fix: text })),
  },
)

export const policyAudit = documentOf(
  'corbel.policy-audit/v1',
  'reports/policy-audit.json of "corbel setup".',
  {
    profile,
    settings: listOf(
      record({
        name: text,
        section: text,
        secret: truth,
        value: { ...orNull(text), description: 'Null: it is secret, or it has none.' },
        source: { enum: ['set', 'default', 'none'] },
        required: truth,
      }),
    ),
  },
)

export const profileManifest = documentOf(
  'corbel.profile-manifest/v1',
  'reports/profile-manifest.json of "corbel setup".',
  {
    profile,
    declarations: { ...digest, description: 'Of the declarations of the stack.' },
    required: listOf(text),
    guarded: { ...listOf(text), description: 'They refuse some values in production.' },
    conditional: listOf(record({ name: text, when: text })),
  },
)

export const releaseEvidence = documentOf(
  'corbel.release-evidence/v1',
  'evidence.json of "corbel release evidence".',
  {
    createdAt: { ...text, format: 'date-time' },
    passed: truth,
    versions: record({ corbel: text, node: text, commit: orNull(text) }),
    hashes: record({ openApi: digest, declarations: digest }),
    migrations: orNull(record({ applied: listOf(text), pending: listOf(text) })),
    checks: listOf(
      record({
        name: text,
        command: listOf(text),
        exitCode: { type: 'integer' },
        milliseconds: count,
        outputSha256: digest,
      }),
    ),
    redaction: record({ secrets: listOf(text), forms: listOf(text), found: { const: 0 } }),
  },
)
