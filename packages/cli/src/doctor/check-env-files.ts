import { chmodSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { draftsOf, privateMode, removeDrafts } from '../env-file/write-file.ts'
import { hasPlan } from '../setup/plan.ts'
import { envTextFindings } from './env-text.ts'
import type { Facts } from './facts.ts'
import type { Finding } from './finding.ts'

/** Files with secrets: who may read them, and whether they say one thing. */
export const checkEnvFiles = async ({ envFiles }: Facts): Promise<readonly Finding[]> =>
  envFiles.flatMap((path) => {
    const found = [
      ...readableByOthers(path),
      ...replaceable(path),
      ...leftDrafts(path),
      ...unfinishedSetup(path),
      ...envTextFindings(path),
      ...notIgnored(path),
    ]
    return found.length > 0
      ? found
      : [{ id: 'env-file', severity: 'ok', subject: path, what: 'is private and says one thing' }]
  })

function readableByOthers(path: string): readonly Finding[] {
  const mode = statSync(path).mode & 0o777
  if ((mode & 0o077) === 0) return []
  return [
    {
      id: 'env-file.readable-by-others',
      severity: 'error',
      subject: path,
      what: `has the mode ${mode.toString(8)}`,
      why: 'Everybody on this machine can read its secrets.',
      fix: `chmod 600 ${path}`,
      next: 'corbel doctor --fix',
      repair: async () => {
        chmodSync(path, privateMode)
        return `${path} has the mode 600 now.`
      },
    },
  ]
}

/** Whoever may write to the folder may put another file in its place. The sticky bit keeps them from that. */
function replaceable(path: string): readonly Finding[] {
  const folder = dirname(path)
  const { mode } = statSync(folder)
  if ((mode & 0o002) === 0 || (mode & 0o1000) !== 0) return []
  return [
    {
      id: 'env-file.replaceable',
      severity: 'error',
      subject: folder,
      what: 'can be written by everybody on this machine',
      why: `Anybody could put another file in the place of ${basename(path)}.`,
      fix: `chmod o-w ${folder}`,
    },
  ]
}

/** Of a writer that was killed. */
function leftDrafts(path: string): readonly Finding[] {
  const drafts = draftsOf(path)
  if (drafts.length === 0) return []
  return [
    {
      id: 'env-file.left-draft',
      severity: 'warning',
      subject: drafts.join(', '),
      what: 'was left by a writer that was killed',
      why: 'It holds the same secrets.',
      fix: 'Remove it.',
      next: 'corbel doctor --fix',
      repair: async () => {
        removeDrafts(path)
        return `${drafts.length} draft(s) of ${path} are removed.`
      },
    },
  ]
}

const unfinishedSetup = (path: string): readonly Finding[] =>
  hasPlan(path)
    ? [
        {
          id: 'setup.unfinished',
          severity: 'warning',
          subject: path,
          what: 'is half of what a setup was to write',
          fix: 'Finish it.',
          next: 'corbel setup --resume',
        },
      ]
    : []

/** In a repository whose .gitignore does not name it. */
function notIgnored(path: string): readonly Finding[] {
  const rules = ignoreRules(dirname(path))
  const name = basename(path)
  if (rules === null || rules.some((rule) => covers(rule, name))) return []
  return [
    {
      id: 'env-file.not-ignored',
      severity: 'warning',
      subject: path,
      what: 'is not ignored by git',
      why: 'Its secrets are one "git add" away from everybody who reads the repository.',
      fix: `Add ${name} to .gitignore.`,
    },
  ]
}

/** Of every folder up to the repository; null outside of one. */
function ignoreRules(folder: string): readonly string[] | null {
  const rules: string[] = []
  for (let at = folder; ; at = dirname(at)) {
    rules.push(...linesOf(join(at, '.gitignore')))
    if (exists(join(at, '.git'))) return rules
    if (dirname(at) === at) return null
  }
}

const covers = (rule: string, name: string): boolean => {
  const pattern = rule.trim().replace(/^(?:\*\*)?\//, '')
  if (pattern === '' || pattern.startsWith('#') || pattern.startsWith('!')) return false
  return new RegExp(
    `^${pattern
      .replaceAll(/[.+^$()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  ).test(name)
}

function linesOf(path: string): readonly string[] {
  return exists(path) ? readFileSync(path, 'utf8').split(/\r?\n/) : []
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}
