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
import { silentLogger } from '@corbel/core/ports'
import { type DatabaseTools, defineConfig, type SigningKeyStanding } from './config.ts'

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
  database: { setting: 'DATABASE_URL', open: async (source) => openFile(source) },
  async openStack(source) {
    const file = openFile(source)
    const since = source.get('FIXTURE_KEY_SINCE')
    const createdAt = since === undefined ? systemClock.now() : new Date(since)
    const key = (kid: string, state: SigningKeyStanding['state']): SigningKeyStanding => ({
      kid,
      state,
      createdAt,
      retiredAt: null,
    })
    let keys: readonly SigningKeyStanding[] = [key('first', 'active')]
    const change = (next: readonly SigningKeyStanding[]): void => {
      keys = next
      file.note('keys')
    }
    return {
      readiness: async () => ({ ports: { storage: { status: 'up' } } }),
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
      close: async () => {},
    }
  },
})

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
      effects().includes('migrated') ? { applied: [all.name], pending: [] } : { applied: [], pending: [all] },
    async apply() {
      note('migrated')
      return [all.name]
    },
    close: async () => {},
  }
}
