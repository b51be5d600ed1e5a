import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Profile } from '@corbel/core'
import { inspectStack } from '../catalog/inspect-stack.ts'
import { runChecks } from '../doctor/checks.ts'
import type { Facts } from '../doctor/facts.ts'
import type { Finding, Severity } from '../doctor/finding.ts'
import { CliError } from '../run/cli-error.ts'
import type { Invocation } from '../run/cli-context.ts'
import type { Action } from '../run/command.ts'
import { markdownTable } from '../run/table.ts'

export type DoctorFlags = {
  readonly profile?: Profile
  readonly fix: boolean
  readonly strict: boolean
  readonly markdown: boolean
  readonly live: boolean
}

export const action: Action<DoctorFlags> = async (invocation, flags) => {
  let findings = await runChecks(await gather(invocation, flags))
  const repaired: string[] = []
  if (flags.fix) {
    for (const { repair } of findings) if (repair) repaired.push(await repair())
    if (repaired.length > 0) findings = await runChecks(await gather(invocation, flags))
  }
  const data = {
    findings: findings.map(({ repair, ...finding }) => ({ ...finding, repairable: repair !== undefined })),
    repaired,
  }
  const text = [
    ...repaired.map((line) => `repaired: ${line}`),
    flags.markdown ? markdown(findings) : report(findings),
  ].join('\n')
  const bad = findings.filter(
    ({ severity }) => severity === 'error' || (flags.strict && severity === 'warning'),
  )
  if (bad.length === 0) return { data, text }
  throw new CliError('invalid', {
    code: 'doctor/found',
    message: `${bad.length} ${bad.length === 1 ? 'thing has' : 'things have'} to be put right.`,
    fix: 'Do what each of them says.',
    ...(findings.some(({ repair }) => repair) && { next: 'corbel doctor --fix' }),
    data,
    text,
  })
}

async function gather(
  { config, settings, flags, resolve, progress }: Invocation,
  { profile, live }: DoctorFlags,
): Promise<Facts> {
  const { config: stack, path } = await config()
  const [description, source] = await Promise.all([stack.describe(), settings()])
  const own = join(dirname(path), '.env')
  return {
    config: stack,
    description,
    source,
    inspected: await inspectStack(stack, description, source, profile),
    folder: dirname(path),
    live,
    envFiles: flags.settingsFile?.map(resolve) ?? (existsSync(own) ? [own] : []),
    progress: (what) => progress(`Looking at: ${what}`),
  }
}

const signs: Readonly<Record<Severity, string>> = {
  ok: 'ok',
  warning: 'WARN',
  error: 'FAIL',
  skipped: 'skip',
}

const report = (findings: readonly Finding[]): string =>
  findings
    .map(({ severity, id, subject, what, why, fix, next }) =>
      [
        `${signs[severity].padEnd(4)}  ${subject} ${what}  [${id}]`,
        ...(why === undefined ? [] : [`      why:  ${why}`]),
        ...(fix === undefined ? [] : [`      fix:  ${fix}`]),
        ...(next === undefined ? [] : [`      next: ${next}`]),
      ].join('\n'),
    )
    .join('\n')

const markdown = (findings: readonly Finding[]): string =>
  markdownTable(
    ['', 'Check', 'Subject', 'What', 'Why', 'Fix'],
    findings.map(({ severity, id, subject, what, why = '', fix = '' }) => [
      signs[severity],
      id,
      subject,
      what,
      why,
      fix,
    ]),
  )
