import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type CliRun, runCli } from '../cli.fixture.ts'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'corbel-operating-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

let env: Readonly<Record<string, string>>
beforeEach(() => void (env = { FIXTURE_DIR: folder, FIXTURE_PEPPER: 'Zk3vQ9sLw2Xb7Nf5Ht8Rj4Mc6Pd1Ge0Y' }))

const run = (...argv: readonly string[]): Promise<CliRun> => runCli(argv, { cwd: folder, env })
const runWith = (more: Readonly<Record<string, string>>, ...argv: readonly string[]): Promise<CliRun> =>
  runCli(argv, { cwd: folder, env: { ...env, ...more } })
const effects = (): string =>
  existsSync(join(folder, 'effects')) ? readFileSync(join(folder, 'effects'), 'utf8') : ''
const dataOf = ({ stdout }: CliRun): unknown => (JSON.parse(stdout) as { data: unknown }).data
const executable = (name: string, script: string): string => {
  const bin = join(folder, 'bin')
  mkdirSync(bin, { recursive: true })
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  return `${bin}:${process.env['PATH']}`
}

describe('every command that changes something', () => {
  it.each([
    ['stripe setup', 'catalogue'],
    ['stripe inbox replay evt_1', 'replayed'],
    ['users seed ada@example.com --tenant Ada', 'user'],
    ['auth tokens issue-service-account worker --tenant ten_1', 'credential'],
    ['auth tokens revoke key_1 --tenant ten_1 --reason leaked', 'revoked key_1 leaked'],
    ['sso setup --preset custom --client-id c --name SSO', 'connection public'],
    ['status incidents open Late --severity minor --message why', 'incident'],
    ['status incidents update inc_1 --state resolved --message done', 'incident resolved'],
    ['status incidents resend inc_1', 'resent'],
    ['status subscriptions remove sbr_1', 'removed sbr_1'],
    ['deliveries redeliver dlv_1', 'redelivered dlv_1'],
    ['db seed', 'seeded'],
  ])('%s does it', async (words, effect) => {
    expect(await run(...words.split(' '))).toMatchObject({ code: 0 })
    expect(effects().trim().split('\n')).toEqual([effect])
  })

  it.each([
    ['stripe setup --dry-run'],
    ['stripe inbox replay evt_1 --dry-run'],
    ['stripe inbox list'],
    ['stripe inbox show evt_1'],
    ['status incidents list'],
    ['status subscriptions list'],
    ['deliveries list --status dead'],
    ['usage export'],
    ['providers validate'],
  ])('%s changes nothing', async (words) => {
    const { code, stdout } = await run(...words.split(' '))
    expect({ code, effects: effects() }).toEqual({ code: 0, effects: '' })
    expect(stdout).not.toBe('')
  })

  it.each([
    ['stripe inbox replay', 2],
    ['deliveries redeliver', 2],
    ['stripe inbox list --limit 0', 2],
    ['stripe inbox list --limit 101', 2],
    ['users seed ada@example.com', 2],
    ['auth tokens revoke key_1 --tenant ten_1', 2],
    ['sso setup --preset custom --client-id c --name SSO --client-secret-env ABSENT', 3],
    ['stripe webhook-secret', 3],
    ['new module Tea_Pot', 2],
    ['infra compose up', 2],
    ['logs tail', 2],
  ])('%s is refused before anything is begun', async (words, code) => {
    expect(await run(...words.split(' '))).toMatchObject({ code })
    expect(effects()).toBe('')
  })
})

it('seeds nobody and nothing in production, and says who is there already', async () => {
  const production = { CORBEL_PROFILE: 'production' }
  expect(await runWith(production, 'users', 'seed', 'a@example.com', '--tenant', 'A')).toMatchObject({
    code: 6,
  })
  expect(await runWith(production, 'db', 'seed')).toMatchObject({ code: 6 })
  expect(effects()).toBe('')
  const again = await run('users', 'seed', 'taken@example.com', '--tenant', 'A', '--json')
  expect(dataOf(again)).toEqual({ email: 'taken@example.com', created: false })
})

it('takes the secret of a client from the environment and shows it nowhere', async () => {
  const words = 'sso setup --preset custom --client-id c --name SSO --client-secret-env IDP_SECRET'.split(' ')
  const { code, stdout, stderr } = await runWith({ IDP_SECRET: 'secret-of-the-client' }, ...words)
  expect({ code, effects: effects() }).toEqual({ code: 0, effects: 'connection confidential\n' })
  expect(stdout + stderr).not.toContain('secret-of-the-client')
})

describe('stripe', () => {
  it('writes the ids of the prices once', async () => {
    writeFileSync(join(folder, 'x.env'), '# mine\n')
    expect(
      dataOf(await run('stripe', 'setup', '--write', '--settings-file', 'x.env', '--json')),
    ).toMatchObject({
      written: join(folder, 'x.env'),
    })
    expect(readFileSync(join(folder, 'x.env'), 'utf8')).toContain('FIXTURE_PRICES=corbel:starter=price_1')
  })

  it('reconciles page by page to the end', async () => {
    const { stdout } = await run('stripe', 'reconcile', '--dry-run')
    expect({ effects: effects(), stdout }).toEqual({
      effects: '',
      stdout: 'missed  evt_2\n20 looked at: 1 event(s) missed, 0 difference(s). Nothing was changed.\n',
    })
    expect(await run('stripe', 'reconcile')).toMatchObject({ code: 0 })
    expect(effects()).toBe('reconciled first\nreconciled events:1:\n')
  })

  it('keeps the secret of forwarded events, with the key in no command line', async () => {
    writeFileSync(join(folder, 'x.env'), 'FIXTURE_STRIPE_KEY=sk_test_1\n')
    const path = executable(
      'stripe',
      'echo "$@" > "$FIXTURE_DIR/argv"; [ "$STRIPE_API_KEY" = sk_test_1 ] && echo whsec_abc123',
    )
    const words = ['stripe', 'webhook-secret', '--settings-file', 'x.env']
    const { code, stdout, stderr } = await runWith({ PATH: path }, ...words)
    expect(code).toBe(0)
    expect(stderr).toContain('/hooks')
    expect(stdout + stderr).not.toContain('whsec_abc123')
    expect(readFileSync(join(folder, 'argv'), 'utf8')).toBe('listen --print-secret\n')
    expect(readFileSync(join(folder, 'x.env'), 'utf8')).toContain('FIXTURE_WEBHOOK_SECRET=whsec_abc123')
    expect((await runWith({ PATH: path }, ...words)).stdout).toContain('up to date')
    expect((await runWith({ PATH: path }, ...words, '--print')).stdout).toBe('whsec_abc123\n')
    expect(await runWith({ PATH: path, CORBEL_PROFILE: 'production' }, ...words)).toMatchObject({ code: 6 })
    const silent = executable('stripe', 'echo sk_test_1 >&2; exit 1')
    const failed = await runWith({ PATH: silent }, ...words)
    expect(failed).toMatchObject({ code: 9 })
    expect(failed.stderr).not.toContain('sk_test_1')
  })
})

describe('usage', () => {
  it('warns near a limit, and writes no formula that a spreadsheet would run', async () => {
    const { stderr } = await run('usage', 'export', '--csv', 'u.csv')
    expect(stderr).toContain('90 of 100')
    expect(readFileSync(join(folder, 'u.csv'), 'utf8').split('\r\n')[1]).toContain(`"'=HYPERLINK(""x"")"`)
    expect((await run('usage', 'export', '--warn-at', '95')).stderr).toBe('')
  })

  it('brings grants to what a file says', async () => {
    const sync = (wanted: unknown, ...flags: readonly string[]): Promise<CliRun> => {
      writeFileSync(join(folder, 'w.json'), JSON.stringify(wanted))
      return run('usage', 'sync-entitlements', 'w.json', ...flags)
    }
    expect(await sync({ ten_1: { sso: true } })).toMatchObject({
      code: 0,
      stdout: 'Everything is as the file says.\n',
    })
    await sync({ ten_1: { seats: 9 } }, '--dry-run')
    expect(effects()).toBe('')
    await sync({ ten_1: { seats: 9 } }, '--prune')
    expect(effects()).toBe('override ten_1 {"seats":9,"sso":null}\n')
    for (const wrong of [[], { ten_1: 1 }, { ten_1: { seats: -1 } }, { ten_1: { seats: 'many' } }])
      expect(await sync(wrong)).toMatchObject({ code: 2 })
    expect(await run('usage', 'sync-entitlements', 'absent.json')).toMatchObject({ code: 2 })
  })
})

it('fails when a provider refuses its credentials, and asks none without --live', async () => {
  const refused = { FIXTURE_PROVIDER: 'refused' }
  expect(await runWith(refused, 'providers', 'validate')).toMatchObject({ code: 0 })
  expect(await runWith(refused, 'providers', 'validate', '--live')).toMatchObject({ code: 7 })
  expect(await runWith({ FIXTURE_PROVIDER: 'accepted' }, 'providers', 'validate', '--live')).toMatchObject({
    code: 0,
  })
})

describe('infra', () => {
  it('writes a Compose file without a password in it, once, and drives Docker with it', async () => {
    const write = ['infra', 'compose', 'write', '--with', 'vault'] as const
    expect(dataOf(await run(...write, '--json'))).toMatchObject({ changed: true })
    expect(dataOf(await run(...write, '--json'))).toMatchObject({ changed: false })
    const secrets = readFileSync(join(folder, 'compose.env'), 'utf8')
    const values = [...secrets.matchAll(/=(\S+)$/gm)].map(([, value]) => value ?? '')
    expect(values).toHaveLength(3)
    const text = readFileSync(join(folder, 'compose.yaml'), 'utf8')
    for (const value of values) expect(text).not.toContain(value)
    expect(await run('infra', 'compose', 'write')).toMatchObject({ code: 6 })
    const path = executable('docker', 'echo "$@" > "$FIXTURE_DIR/argv"')
    expect(await runWith({ PATH: path }, 'infra', 'compose', 'up')).toMatchObject({ code: 0 })
    expect(readFileSync(join(folder, 'argv'), 'utf8')).toMatch(
      /^compose --file .*compose\.yaml --env-file .*compose\.env up --detach --wait\n$/,
    )
    const failing = executable('docker', 'exit 17')
    expect(await runWith({ PATH: failing }, 'infra', 'compose', 'ps')).toMatchObject({ code: 17 })
    expect(await runWith({ PATH: '/absent' }, 'infra', 'compose', 'down')).toMatchObject({ code: 2 })
  })

  it('prints variables of Terraform without a secret, and no template', async () => {
    const { stdout } = await runWith({ FIXTURE_COLOUR: 'red', APP_NAME: '${path.root}' }, 'infra', 'tfvars')
    expect(stdout).toContain('FIXTURE_COLOUR = "red"')
    expect(stdout).toContain('secret_names = ["FIXTURE_PEPPER"]')
    expect(stdout).not.toContain(env['FIXTURE_PEPPER'])
    expect(stdout).not.toMatch(/[^$]\$\{path/)
  })
})

describe('logs', () => {
  const line = (time: string, level: number, msg: string): string =>
    `${JSON.stringify({ time, level, msg })}\n`
  beforeEach(() => {
    mkdirSync(join(folder, 'logs'))
    writeFileSync(
      join(folder, 'logs', 'a.log'),
      line('2026-01-01T00:00:02Z', 50, 'second \u001B[2J') + 'not json\n',
    )
    writeFileSync(
      join(folder, 'logs', 'b.log'),
      line('2026-01-01T00:00:01Z', 30, 'first') + line('2026-01-01T00:00:03Z', 40, 'third'),
    )
  })

  it('prints the last lines of all files by time, and nothing that a terminal obeys', async () => {
    const { stdout } = await run('logs', 'tail')
    const lines = stdout.trim().split('\n')
    expect(lines.map((text) => /first|second|third|not json/.exec(text)?.[0])).toEqual([
      'not json',
      'first',
      'second',
      'third',
    ])
    expect(stdout).not.toContain('\u001B')
    expect(
      dataOf(await run('logs', 'tail', '--errors', '--lines', '1', '--json')) as readonly unknown[],
    ).toMatchObject([{ message: 'third' }])
  })

  it('follows what comes, whole lines alone', async () => {
    const stop = new AbortController()
    const path = join(folder, 'logs', 'a.log')
    const text = readFileSync(path, 'utf8')
    const onOutput = (printed: string): void => {
      // Half a line comes with a whole one, and its rest later.
      if (printed.includes('fifth')) stop.abort('SIGINT')
      else if (printed.includes('fourth'))
        writeFileSync(path, `${text}${line('2026-01-01T00:00:04Z', 30, 'fourth')}{"msg":"fifth"}\n`)
      else if (printed.includes('third'))
        writeFileSync(path, `${text}${line('2026-01-01T00:00:04Z', 30, 'fourth')}{"msg":"fi`)
    }
    const words = ['logs', 'tail', '--follow', '--output', 'ndjson']
    const running = runCli(words, { cwd: folder, env, signal: stop.signal, onOutput })
    const { code, stdout } = await running
    expect(code).toBe(130)
    expect(stdout.match(/fourth/g)).toHaveLength(1)
    expect(stdout.match(/"message":"fifth"/g)).toHaveLength(1)
    expect(stdout).not.toContain('{\\"msg')
  })

  it('packs what is old, whole, and leaves the rest', async () => {
    const old = join(folder, 'logs', 'a.log')
    const text = readFileSync(old)
    utimesSync(old, new Date('2026-01-01'), new Date('2026-01-01'))
    await run('logs', 'archive', '--dry-run')
    expect(readdirSync(join(folder, 'logs'))).toEqual(['a.log', 'b.log'])
    const { archived } = dataOf(await run('logs', 'archive', '--json')) as {
      readonly archived: readonly string[]
    }
    expect(readdirSync(join(folder, 'logs'))).toEqual(['archive', 'b.log'])
    expect(gunzipSync(readFileSync(archived[0] ?? ''))).toEqual(text)
  })
})

it('runs the stack, keeps its log, and ends as it does', async () => {
  const script = (code: number): string => `console.error('{"msg":"up"}'); process.exitCode = ${code}`
  expect(await runWith({ FIXTURE_DEV: script(0) }, 'dev')).toMatchObject({ code: 0 })
  expect((await run('logs', 'tail')).stdout).toContain('up')
  expect(await runWith({ FIXTURE_DEV: script(3) }, 'dev')).toMatchObject({ code: 1 })
})
