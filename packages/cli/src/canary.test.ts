import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { runCli } from './cli.fixture.ts'

const folder = mkdtempSync(join(tmpdir(), 'corbel-canary-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const tail = 'Zk3vQ9sLw2Xb7Nf5Ht8Rj4Mc6Pd1Ge0Y'

/** Secrets as they look where they come from: each is the pepper of a stack in turn, and stands in its environment and its files. */
const canaries: readonly string[] = [
  'sk_live_',
  'sk_test_',
  'rk_live_',
  'whsec_',
  're_',
  'sk-proj-',
  'sk-ant-',
  'hvs.',
  'hvb.',
  's.',
  'xoxb-',
  'xoxp-',
  'xapp-',
  'ghp_',
  'gho_',
  'github_pat_',
  'glpat-',
  'npm_',
  'AKIA',
  'ASIA',
  'AIza',
  'SG.',
  'dop_v1_',
  'tvly-',
  'pk_live_',
  'eyJhbGciOiJIUzI1NiJ9.',
  'AGE-SECRET-KEY-1',
  'v1:',
  'Bearer ',
  'postgres://app:',
  'rediss://:',
].map((head, index) => `${head}${tail}${index}${head.includes('://') ? '@db.internal/app' : ''}`)

/** Encoded by a program on the way, a secret is no less of one. */
const forms = (secret: string): readonly string[] => [
  secret,
  encodeURIComponent(secret),
  Buffer.from(secret).toString('base64'),
  Buffer.from(secret).toString('base64url'),
  Buffer.from(secret).toString('hex'),
  JSON.stringify(secret).slice(1, -1),
]

const leaksIn = (text: string, secret: string): readonly string[] =>
  forms(secret).filter((form) => text.includes(form))

/** Everything that a command may leave, but for the file that the secret belongs into. */
const commands: readonly (readonly string[])[] = [
  ['doctor'],
  ['doctor', '--markdown'],
  ['doctor', '--fix', '--strict', '--live'],
  ['env', 'check'],
  ['env', 'diff', 'a.env', 'b.env'],
  ['config', 'schema', '--format', 'json'],
  ['env', 'inventory', 'write', '--path', 'out/inventory.md'],
  ['setup', '--dry-run', '--settings-file', 'a.env'],
  ['setup', '--report-only', '--reports', 'out', '--settings-file', 'a.env'],
  ['setup', '--reports', 'out', '--export-answers', 'out/answers.json', '--settings-file', 'a.env'],
  ['infra', 'tfvars', '--to', 'out/tfvars'],
  ['infra', 'tfvars', '--format', 'json'],
  ['secrets', 'status'],
  ['secrets', 'onboard', '--dry-run'],
  ['secrets', 'onboard'],
  ['secrets', 'verify'],
  ['secrets', 'rotate', 'FIXTURE_PEPPER', '--value-env', 'FIXTURE_PEPPER'],
  ['providers', 'validate', '--live'],
  ['stripe', 'setup', '--write', '--settings-file', 'a.env'],
  ['stripe', 'webhook-secret', '--settings-file', 'a.env'],
  ['db', 'migrate', 'plan'],
  ['auth', 'keys', 'list'],
  // What fails tells no more than what succeeds.
  ['config', 'schema', '--nosuch'],
  ['db', 'check', '--settings-file', 'absent.env'],
]

const filesBelow = (path: string): readonly string[] =>
  readdirSync(path, { recursive: true, encoding: 'utf8' })
    .map((name) => join(path, name))
    .filter((name) => statSync(name).isFile())

it('has 30 kinds of secrets', () => {
  expect(new Set(canaries).size).toBeGreaterThanOrEqual(30)
  // Each would be seen in each form.
  for (const secret of canaries)
    for (const form of forms(secret)) expect(leaksIn(`x${form}x`, secret)).toContain(form)
})

it('prints, reports and exports none of them, in any form', { timeout: 120_000 }, async () => {
  for (const [index, secret] of canaries.entries()) {
    const cwd = mkdtempSync(join(folder, 'run-'))
    const other = canaries[(index + 1) % canaries.length] ?? ''
    writeFileSync(join(cwd, 'a.env'), `FIXTURE_PEPPER='${secret}'\nFIXTURE_DIR=${cwd}\n`, { mode: 0o600 })
    writeFileSync(join(cwd, 'b.env'), `FIXTURE_PEPPER='${other}'\nUNKNOWN='${secret}'\n`, { mode: 0o600 })
    const env = {
      FIXTURE_DIR: cwd,
      FIXTURE_PEPPER: secret,
      FIXTURE_STRIPE_KEY: secret,
      PATH: '/absent',
      // A driver that repeats what it was given.
      FIXTURE_STORE:
        index % 2 === 0 ? '{}' : JSON.stringify({ secrets: { 'settings/fixture-pepper': other } }),
    }
    for (const words of commands) {
      const { stdout, stderr } = await runCli([...words, index % 3 === 0 ? '--json' : '--non-interactive'], {
        cwd,
        env,
      })
      expect({ words, leaks: leaksIn(stdout + stderr, secret) }).toEqual({ words, leaks: [] })
      expect({ words, leaks: leaksIn(stdout + stderr, other) }).toEqual({ words, leaks: [] })
    }
    const written = filesBelow(cwd).filter((path) => !path.endsWith('.env'))
    expect(written.some((path) => path.endsWith('.md'))).toBe(true)
    for (const path of written)
      expect({ path, leaks: leaksIn(readFileSync(path, 'utf8'), secret) }).toEqual({ path, leaks: [] })
  }
})
