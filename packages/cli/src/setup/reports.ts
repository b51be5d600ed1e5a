import { createHash } from 'node:crypto'
import { join, relative } from 'node:path'
import type { InspectedSettings } from '@corbel/core'
import { factsOf } from '../catalog/setting-facts.ts'
import { defaultIn, settingsOf, valueText } from '../catalog/setting-list.ts'
import type { CorbelConfig, StackDescription } from '../config.ts'
import { removeDrafts, writeFileAtomically } from '../env-file/write-file.ts'
import { keyRotation } from './key-rotation.ts'
import type { PolicyAudit, ProfileManifest, Row, SetupSummary } from './report.ts'
import { auditMarkdown, summaryMarkdown } from './report-markdown.ts'
import { workerEnv, workerTopology } from './worker-topology.ts'

export interface ReportSource {
  readonly description: StackDescription
  readonly inspected: InspectedSettings
  /** Names of the settings that have a value of their own. */
  readonly given: ReadonlySet<string>
  readonly envFile: string
  readonly secrets: CorbelConfig['secrets']
  readonly missing: readonly string[]
}

// Nothing in a report is secret.
const mode = 0o644

/** Writes every report and returns the paths. The same settings give the same bytes. */
export function writeReports(folder: string, source: ReportSource): readonly string[] {
  const rows = rowsOf(source)
  const summary = summaryOf(folder, source, rows)
  const audit: PolicyAudit = {
    schema: 'corbel.policy-audit/v1',
    profile: source.inspected.profile,
    settings: rows,
  }
  const files = {
    'setup-summary.json': json(summary),
    'setup-summary.md': summaryMarkdown(summary),
    'policy-audit.json': json(audit),
    'policy-audit.md': auditMarkdown(audit),
    'profile-manifest.json': json(manifestOf(source)),
    'worker-topology.md': workerTopology(source.description, rows),
    'worker.env': workerEnv(rows),
    'key-rotation.md': keyRotation({ ...source, envFile: relative(folder, source.envFile) }, rows),
  }
  return Object.entries(files).map(([name, text]) => {
    const path = join(folder, name)
    removeDrafts(path)
    writeFileAtomically(path, text, mode)
    return path
  })
}

const json = (document: object): string => `${JSON.stringify(document, null, 2)}\n`

export function rowsOf({ description, inspected, given }: ReportSource): readonly Row[] {
  const { profile, byEnv } = inspected
  return settingsOf(description).map(({ setting }) => {
    const { env, section, secret = false, required = [] } = setting
    const value = secret ? undefined : byEnv.get(env)
    const isDefault = defaultIn(setting, profile) !== undefined
    return {
      name: env,
      section,
      secret,
      value: value === undefined ? null : valueText(value),
      source: given.has(env) ? 'set' : isDefault ? 'default' : 'none',
      required: required.includes(profile),
    }
  })
}

function summaryOf(folder: string, source: ReportSource, rows: readonly Row[]): SetupSummary {
  const { inspected, envFile, missing } = source
  return {
    schema: 'corbel.setup-summary/v1',
    profile: inspected.profile,
    envFile: relative(folder, envFile),
    settings: rows
      .filter(({ source: from }) => from === 'set')
      .map(({ name, section, secret }) => ({ name, section, secret })),
    missing,
    problems: inspected.problems.map(({ subject, what, why, fix }) => ({ subject, what, why, fix })),
  }
}

function manifestOf({ description, inspected: { profile } }: ReportSource): ProfileManifest {
  const all = settingsOf(description)
  const facts = all.map(factsOf)
  return {
    schema: 'corbel.profile-manifest/v1',
    profile,
    declarations: `sha256:${createHash('sha256').update(JSON.stringify(facts)).digest('hex')}`,
    required: facts.filter(({ required }) => required.includes(profile)).map(({ env }) => env),
    guarded: all.filter(({ setting }) => setting.refuse !== undefined).map(({ setting }) => setting.env),
    conditional: facts.flatMap(({ env, when }) =>
      when === null ? [] : [{ name: env, when: `${when.env}=${when.equals}` }],
    ),
  }
}
