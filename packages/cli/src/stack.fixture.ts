import { choice, createStack, defineModule, defineSettings, flag, fromEnv, opaque, url } from '@corbel/core'
import { memoryStorage } from '@corbel/adapters/memory'
import { silentLogger } from '@corbel/core/ports'
import { defineConfig } from './config.ts'

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
})
