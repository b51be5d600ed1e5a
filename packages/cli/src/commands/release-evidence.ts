import { dirname, join } from 'node:path'
import { type SettingsSource, systemClock } from '@corbel/core'
import { factsOf } from '../catalog/setting-facts.ts'
import { settingsOf } from '../catalog/setting-list.ts'
import type { StackDescription } from '../config.ts'
import { writeFileAtomically } from '../env-file/write-file.ts'
import { commitOf } from '../evidence/commit.ts'
import { type CheckOutcome, type Evidence, evidenceMarkdown } from '../evidence/evidence.ts'
import { formNames, leakedIn } from '../evidence/redaction.ts'
import { runCheck } from '../evidence/run-check.ts'
import { readSigningKey, sha256, signatureText, signTexts } from '../evidence/signature.ts'
import { CliError } from '../run/cli-error.ts'
import type { Action } from '../run/command.ts'
import { notOffered } from '../run/not-offered.ts'
import { readVersion } from '../version.ts'
import { withDatabase } from './with-database.ts'

export type EvidenceFlags = { readonly key: string; readonly to: string }

/** Runs the checks of the configuration and writes down, signed, what came of them. */
export const action: Action<EvidenceFlags> = async (invocation, flags) => {
  const { config, settings, process: host, resolve, progress } = invocation
  const key = readSigningKey(resolve(flags.key))
  const { config: stack, path } = await config()
  if (!stack.evidence) throw notOffered(path, 'evidence')
  const [description, source] = [await stack.describe(), await settings()]
  const secrets = secretsIn(description, source)
  const checks: CheckOutcome[] = []
  const leaks = new Set<string>()
  for (const check of stack.evidence.checks) {
    progress(`Checking: ${check.name}`)
    const { outcome, output } = await runCheck(check, dirname(path), host)
    host.signal.throwIfAborted()
    checks.push(outcome)
    for (const name of leakedIn(output, secrets)) leaks.add(`${name} (printed by ${check.name})`)
  }
  const evidence: Evidence = {
    schema: 'corbel.release-evidence/v1',
    createdAt: systemClock.now().toISOString(),
    passed: checks.every(({ exitCode }) => exitCode === 0),
    versions: { corbel: readVersion(), node: process.version, commit: commitOf(dirname(path)) },
    hashes: {
      openApi: sha256(JSON.stringify(description.openApi)),
      declarations: sha256(JSON.stringify(settingsOf(description).map(factsOf))),
    },
    migrations: stack.database ? await migrationsOf(invocation) : null,
    checks,
    redaction: { secrets: secrets.map(({ name }) => name), forms: formNames, found: 0 },
  }
  const texts = {
    'evidence.json': `${JSON.stringify(evidence, null, 2)}\n`,
    'evidence.md': evidenceMarkdown(evidence),
  }
  for (const [name, text] of Object.entries(texts))
    for (const secret of leakedIn(text, secrets)) leaks.add(`${secret} (in ${name})`)
  if (leaks.size > 0) throw leaked([...leaks])
  const folder = resolve(flags.to)
  const signature = signatureText(signTexts(texts, key))
  for (const [name, text] of Object.entries({ ...texts, 'signature.json': signature }))
    writeFileAtomically(join(folder, name), text, 0o644)
  if (!evidence.passed) throw failed(evidence, folder)
  return {
    data: { folder, evidence },
    text: `Every check passed. Written and signed: ${folder}`,
    next: [
      { command: `corbel release verify ${flags.to} --key <public key>`, when: 'somebody is to check it' },
    ],
  }
}

const secretsIn = (description: StackDescription, source: SettingsSource) =>
  settingsOf(description).flatMap(({ setting: { env, secret } }) => {
    const value = secret === true ? source.get(env) : undefined
    return value === undefined ? [] : [{ name: env, value }]
  })

const migrationsOf = (invocation: Parameters<typeof withDatabase>[0]) =>
  withDatabase(invocation, async (database) => {
    const { applied, pending } = await database.plan()
    return { applied, pending: pending.map(({ name }) => name) }
  })

const leaked = (where: readonly string[]): CliError =>
  new CliError('invalid', {
    code: 'release/secret-leaked',
    message: 'A secret would have left; nothing was written.',
    why: where.join(', '),
    fix: 'Put right what prints it, and rotate the secret: it stands in the output of that check.',
  })

const failed = ({ checks }: Evidence, folder: string): CliError =>
  new CliError('invalid', {
    code: 'release/check-failed',
    message: `These checks failed: ${checks.flatMap(({ name, exitCode }) => (exitCode === 0 ? [] : [name])).join(', ')}.`,
    why: `The evidence says so: ${folder}`,
    fix: 'Run the command of each, and put right what it says.',
  })
