import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runCli, stackFixture } from '../cli.fixture.ts'

interface Report {
  readonly ok: boolean
  readonly data: {
    readonly findings: readonly { readonly id: string; readonly severity: string; readonly subject: string }[]
    readonly repaired: readonly string[]
  }
}

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'corbel-doctor-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const pepper = 'Zk3vQ9sLw2Xb7Nf5Ht8Rj4Mc6Pd1Ge0Y'
const good = { FIXTURE_PEPPER: pepper }
const production = {
  ...good,
  CORBEL_PROFILE: 'production',
  APP_PUBLIC_URL: 'https://app.example.com',
  DATABASE_URL: 'postgres://app:J8sd7fgh2kQ@db.internal/app',
}

const redis = { FIXTURE_REDIS_URL: 'rediss://:J8sd7fgh2kQ@redis.internal' }
const everything = {
  ...production,
  ...redis,
  FIXTURE_STORE: JSON.stringify({ secrets: { 'settings/fixture-pepper': pepper } }),
  FIXTURE_STRIPE_KEY: 'rk_live_8sDf7gHj6kLp5qWe4rTy',
  FIXTURE_PROVIDER: 'accepted',
}
const database = (report: object) => ({ ...production, FIXTURE_DATABASE: JSON.stringify({ report }) })
const failing = (name: string, fail: string) => ({
  ...production,
  ...redis,
  [name]: JSON.stringify({ fail }),
})
const redisWith = (report: object) => ({ ...production, ...redis, FIXTURE_REDIS: JSON.stringify({ report }) })
const keys = (...all: readonly object[]) => ({ ...good, FIXTURE_STACK: JSON.stringify({ keys: all }) })
const longAgo = '2001-01-01T00:00:00Z'

async function diagnose(env: Readonly<Record<string, string>>, ...argv: readonly string[]) {
  // An environment of its own, as a host has; its file is private and migrated.
  const path = join(folder, 'stack.env')
  writeFileSync(
    path,
    Object.entries({ FIXTURE_DIR: folder, ...env })
      .map(([name, value]) => `${name}='${value}'\n`)
      .join(''),
  )
  chmodSync(path, 0o600)
  return examine(path, ...argv)
}

async function examine(path: string, ...argv: readonly string[]) {
  const { code, stdout } = await runCli(['doctor', '--json', '--settings-file', path, ...argv], {
    cwd: folder,
  })
  const { data } = JSON.parse(stdout) as Report
  return { code, stdout, data, ids: wrongIn(stdout) }
}

const wrongIn = (stdout: string): readonly string[] =>
  (JSON.parse(stdout) as Report).data.findings
    .filter(({ severity }) => severity === 'error' || severity === 'warning')
    .map(({ id }) => id)

function emptyFile(path: string): string {
  writeFileSync(path, '')
  return path
}

const migrated = (): void => writeFileSync(join(folder, 'effects'), 'migrated\n')

describe('a good set-up', () => {
  it.each([
    ['local', good],
    ['production', production],
    ['production with everything', everything],
  ])('has nothing wrong with it: %s', async (_profile, env) => {
    migrated()
    expect(await diagnose(env, '--strict', '--live')).toMatchObject({ code: 0, ids: [] })
  })
})

describe('a seeded fault', () => {
  it.each([
    ['settings.missing', {}],
    ['settings.missing', { ...good, FIXTURE_MAIL: 'true' }],
    ['settings.invalid', { ...good, FIXTURE_COLOUR: 'blue' }],
    ['settings.invalid', { ...production, CORBEL_PROFILE: 'prodution' }],
    ['settings.weak', { ...production, FIXTURE_PEPPER: 'changeme-changeme-changeme-changeme' }],
    ['settings.weak', { ...production, FIXTURE_PEPPER: 'short' }],
    ['settings.refused', { ...production, APP_PUBLIC_URL: 'http://app.example.com' }],
    ['settings.unknown', { ...good, CORBEL_PROFIL: 'local' }],
    ['settings.profile-elsewhere', { ...good, NODE_ENV: 'production' }],
    ['settings.without-effect', { ...good, FIXTURE_MAIL_KEY: 'key-of-a-service-that-is-off' }],
    ['settings.reused-secret', { ...production, FIXTURE_MAIL: 'true', FIXTURE_MAIL_KEY: pepper }],
    ['keys.old', { ...good, FIXTURE_KEY_SINCE: longAgo }],
    ['keys.none-active', keys({ state: 'published' })],
    ['keys.waiting', keys({}, { state: 'published', createdAt: longAgo })],
    ['keys.left', keys({}, { state: 'retired', retiredAt: longAgo })],
    ['port.down', { ...good, FIXTURE_STACK: '{"ports":{"mailer":{"status":"down"}}}' }],
    ['stack.refused', failing('FIXTURE_STACK', 'HostError')],
    ['database.unavailable', failing('FIXTURE_DATABASE', 'ECONNREFUSED')],
    ['database.unavailable', failing('FIXTURE_DATABASE', '57P03')],
    ['database.denied', failing('FIXTURE_DATABASE', '28P01')],
    ['database.absent', failing('FIXTURE_DATABASE', '3D000')],
    ['database.conflict', failing('FIXTURE_DATABASE', 'MigrationError')],
    ['database.old', database({ version: 12 })],
    ['database.encoding', database({ encoding: 'SQL_ASCII' })],
    ['database.sees-all-tenants', database({ bypassesRowSecurity: true })],
    ['database.read-only', database({ readOnly: true })],
    ['database.plaintext', database({ tls: false })],
    ['database.clock', database({ now: longAgo })],
    ['database.full', database({ connections: { used: 95, most: 100 } })],
    ['redis.unavailable', failing('FIXTURE_REDIS', 'ENOTFOUND')],
    ['redis.denied', failing('FIXTURE_REDIS', 'WRONGPASS')],
    ['redis.evicts', redisWith({ evictionPolicy: 'allkeys-lru' })],
    ['redis.old', redisWith({ version: '5.0.14' })],
    ['redis.replica', redisWith({ role: 'slave' })],
    ['redis.plaintext', redisWith({ tls: false })],
    ['redis.open', redisWith({ authenticated: false })],
    ['redis.full', redisWith({ memory: { used: 95, most: 100 } })],
    ['secrets.unavailable', failing('FIXTURE_STORE', 'ETIMEDOUT')],
    ['secrets.denied', failing('FIXTURE_STORE', 'EACCES')],
    ['secrets.differ', { ...good, FIXTURE_STORE: '{"secrets":{"settings/fixture-pepper":"another"}}' }],
    ['provider.refused', { ...good, FIXTURE_PROVIDER: 'refused' }],
    ['provider.unavailable', { ...good, FIXTURE_PROVIDER: 'unavailable' }],
    ['payments.test-key', { ...production, FIXTURE_STRIPE_KEY: 'sk_test_8sDf7gHj6kLp5qWe4rTy' }],
    ['payments.live-key', { ...good, FIXTURE_STRIPE_KEY: 'rk_live_8sDf7gHj6kLp5qWe4rTy' }],
  ])('is named %s', async (id, env) => {
    migrated()
    const { ids, stdout } = await diagnose(env, '--live')
    expect(new Set(ids)).toEqual(new Set([id]))
    expect(stdout).not.toContain(pepper)
  })

  it('of a file that others can read is repaired', async () => {
    migrated()
    const path = join(folder, 'open.env')
    writeFileSync(path, `FIXTURE_DIR=${folder}\nFIXTURE_PEPPER=${pepper}\n`, { mode: 0o644 })
    chmodSync(path, 0o644)
    expect(await examine(path)).toMatchObject({ code: 7, ids: ['env-file.readable-by-others'] })
    expect(await examine(path, '--fix')).toMatchObject({ code: 0, ids: [] })
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('of a name that stands twice is a warning, which --strict fails on', async () => {
    migrated()
    const path = join(folder, 'twice.env')
    writeFileSync(path, `FIXTURE_DIR=${folder}\nFIXTURE_PEPPER=${pepper}\nFIXTURE_PEPPER=${pepper}\n`, {
      mode: 0o600,
    })
    expect(await examine(path)).toMatchObject({ code: 0, ids: ['env-file.repeated'] })
    expect(await examine(path, '--strict')).toMatchObject({ code: 7 })
  })

  it('of a file that git would take is a warning until it is ignored', async () => {
    migrated()
    mkdirSync(join(folder, '.git'))
    expect(await diagnose(good)).toMatchObject({ ids: ['env-file.not-ignored'] })
    writeFileSync(join(folder, '.gitignore'), '*.env\n')
    expect(await diagnose(good)).toMatchObject({ ids: [] })
  })

  it('of a schema that is not there is repaired when the database is empty', async () => {
    expect(await diagnose(good)).toMatchObject({ code: 0, ids: ['database.pending'] })
    const { ids, data } = await diagnose(good, '--fix')
    expect(ids).toEqual([])
    expect(data.repaired).toHaveLength(1)
  })

  it.each([
    ['env-file.unread-line', `FIXTURE_PEPPER=${pepper}\njust words\n`],
    ['env-file.read-differently', `FIXTURE_PEPPER='${pepper}'\nFIXTURE_NOTE=   \nFIXTURE_LAST=x\n`],
  ])('of the text of a file is named %s', async (id, text) => {
    migrated()
    const path = join(folder, 'odd.env')
    writeFileSync(path, `FIXTURE_DIR=${folder}\n${text}`, { mode: 0o600 })
    expect(new Set((await examine(path)).ids)).toEqual(new Set([id]))
  })

  it('of what a killed setup left is named, and what holds secrets is removed', async () => {
    migrated()
    mkdirSync(join(folder, '.corbel'))
    writeFileSync(join(folder, '.corbel', 'stack.env.setup'), '{}')
    writeFileSync(join(folder, '.stack.env.draft-1'), `FIXTURE_PEPPER=${pepper}`)
    expect(await diagnose(good)).toMatchObject({ ids: ['env-file.left-draft', 'setup.unfinished'] })
    expect(await diagnose(good, '--fix')).toMatchObject({ ids: ['setup.unfinished'] })
    expect(existsSync(join(folder, '.stack.env.draft-1'))).toBe(false)
  })

  it('of a folder that everybody may write to is named, unless it is sticky', async () => {
    migrated()
    chmodSync(folder, 0o777)
    expect(await diagnose(good)).toMatchObject({ code: 7, ids: ['env-file.replaceable'] })
    chmodSync(folder, 0o1777)
    expect(await diagnose(good)).toMatchObject({ ids: [] })
  })

  it('of a schema that is not there is shown, and a database that holds data is not migrated unasked', async () => {
    writeFileSync(join(folder, 'effects'), 'partly\n')
    const { data } = await diagnose(good, '--fix')
    expect(data).toMatchObject({ repaired: [] })
    expect(data.findings.map(({ id }) => id)).toContain('database.pending')
  })

  it('of a log and of the inventory is named', async () => {
    migrated()
    mkdirSync(join(folder, 'logs'))
    truncateSync(emptyFile(join(folder, 'logs', 'big.log')), 2 ** 30 + 1)
    const config = join(folder, 'corbel.config.ts')
    writeFileSync(config, `export { default } from '${stackFixture}'`)
    mkdirSync(join(folder, 'docs'))
    emptyFile(join(folder, 'docs', 'settings-inventory.md'))
    const { stdout } = await runCli(['doctor', '--json', '--config', config], {
      cwd: folder,
      config: null,
      env: { FIXTURE_DIR: folder, ...good },
    })
    expect(wrongIn(stdout)).toEqual(['inventory.drift', 'logs.large'])
  })

  it('is told in Markdown too, without a secret', async () => {
    const { code, stdout } = await runCli(['doctor', '--markdown'], {
      env: { FIXTURE_DIR: folder, ...good, FIXTURE_COLOUR: 'blue' },
    })
    expect(code).toBe(7)
    expect(stdout).toContain('| FAIL | settings.invalid | FIXTURE_COLOUR |')
    expect(stdout).not.toContain(pepper)
  })
})
