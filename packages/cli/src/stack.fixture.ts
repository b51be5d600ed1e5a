import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  choice,
  createStack,
  defineModule,
  defineSettings,
  flag,
  fromEnv,
  opaque,
  type SettingsSource,
  systemClock,
  url,
} from '@corbel/core'
import { memoryStorage } from '@corbel/adapters/memory'
import { memorySecretStore, silentLogger } from '@corbel/core/ports'
import { type DatabaseTools, defineConfig, type SigningKeyStanding } from './config.ts'
import type { DatabaseReport, RedisReport } from './tools/server-reports.ts'
import { toolsFixture } from './tools.fixture.ts'

const settings = defineSettings({
  databaseUrl: {
    env: 'DATABASE_URL',
    section: 'database',
    summary: 'Connection string.',
    schema: url(['postgres:']),
    secret: true,
    required: ['staging', 'production'],
  },
  pepper: {
    env: 'FIXTURE_PEPPER',
    section: 'secrets',
    summary: 'Keys the digests.',
    schema: opaque(),
    secret: true,
    required: ['local', 'staging', 'production'],
    fix: 'Make one: openssl rand -base64 32',
  },
  colour: {
    env: 'FIXTURE_COLOUR',
    section: 'application',
    summary: 'Colour of the shed.',
    schema: choice(['red', 'green']),
    default: 'red',
  },
  mailEnabled: {
    env: 'FIXTURE_MAIL',
    section: 'mail',
    summary: 'Whether mail is sent.',
    schema: flag(),
    default: false,
  },
  mailKey: {
    env: 'FIXTURE_MAIL_KEY',
    section: 'mail',
    summary: 'Key of the mail service.',
    schema: opaque(),
    secret: true,
    required: ['local', 'staging', 'production'],
    when: { env: 'FIXTURE_MAIL', equals: 'true' },
  },
})

const shed = () => defineModule({ name: 'shed', catalogs: { settings }, services: () => ({}) })

/** A stack of one module, for the tests of the program itself. */
export default defineConfig({
  async describe() {
    const { catalogs, fetch } = createStack({
      modules: [shed()],
      storage: memoryStorage(),
      settings: fromEnv({ FIXTURE_PEPPER: 'pepper-of-a-description' }),
      logger: silentLogger,
    })
    const answer = await fetch(new Request('http://127.0.0.1/openapi.json'))
    return { catalogs, openApi: (await answer.json()) as unknown }
  },
  // The check is the script that the test hands over.
  evidence: {
    checks: [{ name: 'script', command: [process.execPath, '-e', `eval(process.env.FIXTURE_CHECK ?? '')`] }],
  },
  providers: async (source, { live }) => [
    {
      name: 'mail',
      settings: ['FIXTURE_MAIL_KEY'],
      ...providerOutcome(source.get('FIXTURE_PROVIDER'), live),
    },
  ],
  payments: {
    secretKey: 'FIXTURE_STRIPE_KEY',
    webhookSecret: 'FIXTURE_WEBHOOK_SECRET',
    prices: 'FIXTURE_PRICES',
    webhookPath: '/hooks',
  },
  // The stack is the script that the test hands over.
  dev: { command: [process.execPath, '-e', `eval(process.env.FIXTURE_DEV ?? '')`] },
  logs: { folder: async (source) => join(source.get('FIXTURE_DIR') ?? '/absent', 'logs') },
  database: {
    setting: 'DATABASE_URL',
    open: async (source) => {
      const { fail, report } = seeded<{ readonly report?: Partial<DatabaseReport> }>(
        source,
        'FIXTURE_DATABASE',
      )
      if (fail !== undefined) throw failure(fail)
      return { ...openFile(source), inspect: async () => ({ ...goodDatabase(), ...dated(report) }) }
    },
  },
  redis: {
    setting: 'FIXTURE_REDIS_URL',
    open: async (source) => {
      const { fail, report } = seeded<{ readonly report?: Partial<RedisReport> }>(source, 'FIXTURE_REDIS')
      if (fail !== undefined) throw failure(fail)
      return { inspect: async () => ({ ...goodRedis, ...report }), close: async () => {} }
    },
  },
  secrets: {
    kept: [],
    open: async (source) => {
      if (source.get('FIXTURE_STORE') === undefined) return null
      const { fail, secrets = {} } = seeded<{ readonly secrets?: Readonly<Record<string, string>> }>(
        source,
        'FIXTURE_STORE',
      )
      if (fail !== undefined) throw failure(fail)
      const store = memorySecretStore(secrets)
      return {
        ...store,
        async put(...entry) {
          const stored = await store.put(...entry)
          openFile(source).note('stored')
          return stored
        },
      }
    },
  },
  async openStack(source) {
    const file = openFile(source)
    const { fail, ports, keys: given } = seeded<SeededStack>(source, 'FIXTURE_STACK')
    if (fail !== undefined) throw failure(fail)
    const since = source.get('FIXTURE_KEY_SINCE')
    const createdAt = since === undefined ? systemClock.now() : new Date(since)
    const key = (kid: string, state: SigningKeyStanding['state']): SigningKeyStanding => ({
      kid,
      state,
      createdAt,
      retiredAt: null,
    })
    let keys: readonly SigningKeyStanding[] = given?.map((each) => ({
      ...key('first', 'active'),
      ...dated(each),
    })) ?? [key('first', 'active')]
    const change = (next: readonly SigningKeyStanding[]): void => {
      keys = next
      file.note('keys')
    }
    return {
      readiness: async () => ({ ports: { storage: { status: 'up' }, ...ports } }),
      signingKeys: {
        list: async () => ({ keys: keys.map(({ kid }) => ({ kid })) }),
        standings: async () => keys,
        async publish() {
          change([...keys, key('second', 'published')])
          return { kid: 'second' }
        },
        async activate(kid) {
          change(keys.map((each) => key(each.kid, each.kid === kid ? 'active' : 'retired')))
        },
        async remove(kid) {
          change(keys.filter((each) => each.kid !== kid))
        },
      },
      operators: {
        async create(email) {
          file.note('operator')
          return { email, password: 'password-of-the-operator' }
        },
      },
      ...toolsFixture(file.note),
      close: async () => {},
    }
  },
})

const providerOutcome = (said: string | undefined, live: boolean) =>
  said === undefined || !live
    ? ({ outcome: 'unasked' } as const)
    : ({ outcome: said as 'refused' | 'unavailable' | 'accepted', detail: 'HTTP 401' } as const)

interface SeededStack {
  readonly ports?: Readonly<Record<string, { readonly status: string }>>
  readonly keys?: readonly Partial<SigningKeyStanding>[]
}

/** What a test seeds by a variable, as JSON. */
const seeded = <T>(source: SettingsSource, name: string): Partial<T> & { readonly fail?: string } =>
  JSON.parse(source.get(name) ?? '{}') as Partial<T> & { readonly fail?: string }

/** As a driver fails: by a code of the system or of SQL, or by name. */
const failure = (code: string): Error =>
  Object.assign(new Error(`It failed with ${code}.`), code.endsWith('Error') ? { name: code } : { code })

/** JSON has no dates. */
const dated = <T extends object>(value: T | undefined): T =>
  Object.fromEntries(
    Object.entries(value ?? {}).map(([name, each]) => [
      name,
      /^(?:now|.*At)$/.test(name) && typeof each === 'string' ? new Date(each) : (each as unknown),
    ]),
  ) as T

const goodDatabase = (): DatabaseReport => ({
  version: 17,
  encoding: 'UTF8',
  bypassesRowSecurity: false,
  readOnly: false,
  tls: true,
  now: systemClock.now(),
  connections: { used: 5, most: 100 },
})

const goodRedis: RedisReport = {
  version: '7.4.1',
  evictionPolicy: 'noeviction',
  tls: true,
  authenticated: true,
  role: 'master',
  memory: { used: 1, most: 100 },
}

/** A database of one file: it exists once it is migrated. */
function openFile(source: SettingsSource): DatabaseTools & { note(what: string): void } {
  const path = join(source.get('FIXTURE_DIR') ?? '/absent', 'effects')
  const effects = (): readonly string[] => (existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [])
  const note = (what: string): void => appendFileSync(path, `${what}\n`)
  const all = { name: 'shed/0001', sql: 'create shed' }
  return {
    name: 'file',
    note,
    check: async () => {},
    plan: async () =>
      effects().includes('migrated')
        ? { applied: [all.name], pending: [] }
        : { applied: effects().includes('partly') ? ['shed/0000'] : [], pending: [all] },
    async apply() {
      note('migrated')
      return [all.name]
    },
    close: async () => {},
  }
}
