import { execFile } from 'node:child_process'
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { generateKeyPairSync } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { app } from './app.ts'
import { stackFixture } from './cli.fixture.ts'
import { main } from './main.ts'

interface Case {
  readonly words: string
  /** What a file of the folder or its text has when it was done; null for a command whose effect is what it prints. */
  readonly effect: string | null
  /** It prints something that nobody can get a second time: done without a reader it has failed. */
  readonly once?: boolean
  readonly env?: Readonly<Record<string, string>>
}

const store = { FIXTURE_STORE: '{"secrets":{"settings/fixture-pepper":"old"}}' }
const print = (words: string, env = {}): Case => ({ words, effect: null, env })
const change = (words: string, effect: string, env = {}): Case => ({ words, effect, env })
const printOnce = (words: string, effect: string): Case => ({ words, effect, once: true })

const printing: readonly Case[] = [
  ...['config schema', 'api openapi', 'schema', 'completion bash', 'complete db mi', 'deps'].map((words) =>
    print(words),
  ),
  ...['db migrate plan', 'auth keys list', 'auth jwks print', 'deliveries list'].map((words) => print(words)),
  ...['stripe inbox list', 'stripe inbox show evt_1', 'status incidents list'].map((words) => print(words)),
  ...['status subscriptions list', 'logs tail'].map((words) => print(words)),
  print('secrets status', store),
]

const changing: readonly Case[] = [
  printOnce('users create-operator ada@example.com', 'operator'),
  printOnce('users seed ada@example.com --tenant Ada', 'user'),
  printOnce('auth tokens issue-service-account worker --tenant ten_1', 'credential'),
  change('auth tokens revoke key_1 --tenant ten_1 --reason leaked', 'revoked'),
  change('auth keys publish', 'keys'),
  change('auth keys activate first', 'keys'),
  change('auth keys retire first', 'keys'),
  change('auth keys rotate', 'keys'),
  change('db migrate apply', 'migrated'),
  change('db seed', 'seeded'),
  change('deliveries redeliver dlv_1', 'redelivered'),
  change('dev', 'dev-ran', {
    FIXTURE_DEV: `require('fs').writeFileSync(process.env.FIXTURE_DIR + '/dev-ran', '')`,
  }),
  change('env inventory write --path inventory.md', 'inventory.md'),
  change('env run -- touch ran', 'ran'),
  change('infra compose write', 'compose.yaml'),
  change('infra compose up --file c.yaml', 'docker'),
  change('infra compose down --file c.yaml', 'docker'),
  change('infra compose ps --file c.yaml', 'docker'),
  change('infra compose logs --file c.yaml', 'docker'),
  change('infra tfvars --to x.tfvars', 'x.tfvars'),
  change('logs archive', 'old.log.gz'),
  change('new module tea-pot', 'tea-pot-module.ts'),
  change('new adapter memcached --port cache', 'memcached-cache.ts'),
  change('release db', 'catalogue'),
  change('release evidence --key own.key --to out', 'signature.json'),
  change('secrets onboard', 'stored', { FIXTURE_STORE: '{}' }),
  change('secrets rotate FIXTURE_PEPPER', 'stored', store),
  change('setup --settings-file new.env --offline', 'CORBEL_PROFILE=local'),
  change('sso setup --preset custom --client-id c --name SSO', 'connection'),
  change('status incidents open Late --severity minor --message why', 'incident'),
  change('status incidents update inc_1 --state resolved --message done', 'incident resolved'),
  change('status incidents resend inc_1', 'resent'),
  change('status subscriptions remove sbr_1', 'removed'),
  change('stripe setup', 'catalogue'),
  change('stripe inbox replay evt_1', 'replayed'),
  change('stripe reconcile', 'reconciled'),
  change('stripe webhook-secret --settings-file s.env', 'whsec_abc', { FIXTURE_STRIPE_KEY: 'sk_test_1' }),
  change('usage export --csv u.csv', 'u.csv'),
  change('usage sync-entitlements wanted.json', 'override'),
]

/** Each has something to complain of: 0 would be a lie, whoever reads. */
const failing: readonly Case[] = [
  print('adapter verify lawless.mjs'),
  print('auth jwks verify http://127.0.0.1:9/'),
  print('db check', { FIXTURE_DATABASE: '{"fail":"ECONNREFUSED"}' }),
  print('db status'),
  print('doctor', {
    FIXTURE_DATABASE: '{"fail":"ECONNREFUSED"}',
    DATABASE_URL: 'postgres://db.internal/app',
  }),
  print('env check', { FIXTURE_COLOUR: 'blue' }),
  print('env diff a.env b.env'),
  print('env inventory check --path absent.md'),
  print('providers validate --live', { FIXTURE_PROVIDER: 'refused' }),
  print('redis check', { FIXTURE_REDIS: '{"fail":"ECONNREFUSED"}', FIXTURE_REDIS_URL: 'redis://r.internal' }),
  print('release verify absent --key own.pub'),
  print('secrets verify', { FIXTURE_STORE: '{"fail":"ECONNREFUSED"}' }),
]

/** A command, or a group of them. */
interface Route {
  readonly getAllEntries?: () => readonly {
    readonly name: { readonly original: string }
    readonly target: Route
  }[]
}

let root: string
beforeAll(() => void (root = mkdtempSync(join(tmpdir(), 'corbel-streams-'))))
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** A folder with all that any of the commands works on. */
function prepared(): string {
  const cwd = mkdtempSync(join(root, 'run-'))
  for (const folder of ['bin', 'logs']) mkdirSync(join(cwd, folder))
  const old = JSON.stringify({ time: '2026-01-01T00:00:00Z', level: 30, msg: 'up' })
  const files: Readonly<Record<string, string>> = {
    'a.env': 'X=1\n',
    'b.env': 'X=2\n',
    's.env': '',
    'c.yaml': '',
    'wanted.json': '{"ten_1":{"seats":9}}',
    'lawless.mjs': 'export const verify = () => {}',
    'logs/old.log': `${old}\n`,
    'bin/docker': '#!/bin/sh\ntouch "$FIXTURE_DIR/docker"\n',
    'bin/stripe': '#!/bin/sh\necho whsec_abc\n',
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text, { mode: 0o755 })
  utimesSync(join(cwd, 'logs/old.log'), 0, 0)
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  writeFileSync(join(cwd, 'own.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }))
  writeFileSync(join(cwd, 'own.pub'), publicKey.export({ type: 'spki', format: 'pem' }))
  return cwd
}

const envIn = (cwd: string, more: Case['env'] = {}) => ({
  PATH: `${join(cwd, 'bin')}:${process.env['PATH']}`,
  FIXTURE_DIR: cwd,
  FIXTURE_PEPPER: 'p'.repeat(40),
  ...more,
})

/** The name and the text of every file, but for those that were there. */
const tracesIn = (cwd: string): string =>
  readdirSync(cwd, { recursive: true, encoding: 'utf8' })
    .filter((name) => !/^(?:bin|logs)(?:\/(?:docker|stripe|old\.log))?$/.test(name))
    .map((name) => join(cwd, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => `${path.slice(cwd.length)} ${readFileSync(path, 'utf8')}`)
    .join('\n')

const wordsOf = (words: string): readonly string[] => {
  const [own = '', ...program] = words.split(' -- ')
  return [
    ...own.split(' '),
    '--config',
    stackFixture,
    ...program.flatMap((each) => ['--', ...each.split(' ')]),
  ]
}

/** Nobody reads, as a pipe tells. */
const broken = () =>
  new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error('broken'), { code: 'EPIPE' })),
  })

const device = (path: string, flags: string) => () => createWriteStream('', { fd: openSync(path, flags) })

/** How the standard streams may be set up, and whether what is printed can be read. */
const setups: Readonly<
  Record<
    string,
    { readonly stdout?: () => Writable; readonly stderr?: () => Writable; readonly readable: boolean }
  >
> = {
  'files and no terminal': { readable: true },
  // As Node itself opens it, in the place of a stream that is closed.
  'a closed standard output': { stdout: device('/dev/null', 'r+'), readable: false },
  'a closed standard error': { stderr: broken, readable: true },
  'a reader that has gone': { stdout: broken, readable: false },
  'a full disk': { stdout: device('/dev/full', 'w'), readable: false },
  'nobody at all': { stdout: broken, stderr: broken, readable: false },
}

async function run({ words, env }: Case, { stdout, stderr }: (typeof setups)[string]) {
  const cwd = prepared()
  const printed = new PassThrough()
  let text = ''
  printed.on('data', (chunk: Buffer) => void (text += chunk.toString()))
  const streams = [stdout?.() ?? printed, stderr?.() ?? new PassThrough().resume()]
  for (const stream of streams) stream.on('error', () => {})
  const code = await main(wordsOf(words), {
    stdin: new PassThrough().end() as unknown as NodeJS.ReadStream,
    stdout: streams[0] as unknown as NodeJS.WriteStream,
    stderr: streams[1] as unknown as NodeJS.WriteStream,
    env: envIn(cwd, env),
    cwd: () => cwd,
    signal: new AbortController().signal,
  })
  for (const stream of streams) stream.destroy()
  const traces = tracesIn(cwd)
  rmSync(cwd, { recursive: true })
  return { code, text, traces }
}

describe('with every set-up of the standard streams', () => {
  it.each(printing)('$words prints, or fails', async (each) => {
    for (const [name, setup] of Object.entries(setups)) {
      const { code, text } = await run(each, setup)
      expect([name, code === 0]).toEqual([name, setup.readable])
      if (setup.readable) expect(text).not.toBe('')
    }
  })

  it.each(changing)('$words does not end with 0 without its effect', async (each) => {
    for (const [name, setup] of Object.entries(setups)) {
      const { code, traces } = await run(each, setup)
      const done = traces.includes(each.effect ?? '')
      const isSuccess = done && (setup.readable || each.once !== true)
      expect([name, code === 0 && !isSuccess, setup.readable && code !== 0]).toEqual([name, false, false])
    }
  })

  it.each(failing)('$words never ends with 0', async (each) => {
    for (const [name, setup] of Object.entries(setups))
      expect([name, (await run(each, setup)).code === 0]).toEqual([name, false])
  })

  it('every command is among them', () => {
    const all: string[] = []
    const walk = ({ getAllEntries }: Route, words: readonly string[]): void => {
      if (!getAllEntries) return void all.push(words.join(' '))
      for (const entry of getAllEntries()) walk(entry.target, [...words, entry.name.original])
    }
    walk(app.root as Route, [])
    const tried = [...printing, ...changing, ...failing].map(({ words }) => `${words} `)
    expect(all.length).toBeGreaterThan(60)
    expect(all.filter((words) => !tried.some((each) => each.startsWith(`${words} `)))).toEqual([])
  })
})

const bin = fileURLToPath(new URL('bin.ts', import.meta.url))

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a line of bash in a folder. */
const shell = (line: string, cwd: string): Promise<Ended> =>
  new Promise((resolve) => {
    execFile('bash', ['-c', line], { cwd, env: envIn(cwd) }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    )
  })

const commandLine = (words: string): string =>
  `'${process.execPath}' --conditions=@corbel/source '${bin}' ${words} --config '${stackFixture}'`

/** The same for a command of each kind in a process of its own, by a shell. */
describe.each([
  ['no standard input', '<&-', true],
  ['a closed standard output', '>&-', false],
  ['a closed standard error', '2>&-', true],
  ['a reader that has gone', '> >(exec 0<&-; sleep 1)', false],
  ['a full disk', '>/dev/full', false],
] as const)('a process with %s', (_setup, redirection, readable) => {
  it('does not end with 0 without its effect', async () => {
    const [print, change, check] = await Promise.all(
      ['auth keys list', 'db migrate apply', 'db status'].map(async (words) => {
        const cwd = prepared()
        const ended = await shell(`${commandLine(words)} ${redirection}`, cwd)
        return { ...ended, done: tracesIn(cwd).includes('migrated') }
      }),
    )
    expect(print?.code === 0).toBe(readable)
    expect(change?.code !== 0 || change.done).toBe(true)
    expect(check?.code).not.toBe(0)
  })
})

it('says which syntax Node cannot strip', async () => {
  const cwd = prepared()
  const path = join(cwd, 'enum.ts')
  writeFileSync(path, 'enum E { A }\nexport default E')
  const { code, stderr } = await shell(commandLine('config schema').replace(stackFixture, path), cwd)
  expect(code).toBe(7)
  expect(stderr).toContain('Node strips types')
})

it('names a file of settings that is not there yet, which Node would refuse under its own flag', async () => {
  const cwd = prepared()
  const { code } = await shell(commandLine('setup --settings-file new.env'), cwd)
  expect(code).toBe(0)
  expect(existsSync(join(cwd, 'new.env'))).toBe(true)
})
