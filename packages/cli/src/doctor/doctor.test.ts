import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runCli } from '../cli.fixture.ts'

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
  const wrong = data.findings.filter(({ severity }) => severity === 'error' || severity === 'warning')
  return { code, stdout, data, ids: wrong.map(({ id }) => id) }
}

const migrated = (): void => writeFileSync(join(folder, 'effects'), 'migrated\n')

describe('a good set-up', () => {
  it.each([
    ['local', good],
    ['production', production],
  ])('has nothing wrong with it: %s', async (_profile, env) => {
    migrated()
    expect(await diagnose(env, '--strict')).toMatchObject({ code: 0, ids: [] })
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
    ['keys.old', { ...good, FIXTURE_KEY_SINCE: '2001-01-01T00:00:00Z' }],
  ])('is named %s', async (id, env) => {
    migrated()
    const { ids, stdout } = await diagnose(env)
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
})
