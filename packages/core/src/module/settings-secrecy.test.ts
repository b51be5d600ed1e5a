import * as fc from 'fast-check'
import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import * as z from 'zod'
import { defineSettings } from './define-settings.ts'
import { integer, jsonOrPairs, opaque, url } from './setting-types.ts'
import { fromEnv, inspectSettings } from './settings-loader.ts'
import { StartRefused } from './start-report.ts'
import { plainPostgres } from './transport.ts'

const section = 'secrets'
const summary = 'A secret.'

/** Every way in which a secret can be wrong, some of them with schemas that talk too much. */
const Secrets = defineSettings({
  text: { env: 'TEXT', section, summary, schema: opaque(), secret: true },
  number: { env: 'NUMBER', section, summary, schema: integer(), secret: true },
  pairs: { env: 'PAIRS', section, summary, schema: jsonOrPairs(), secret: true },
  connection: {
    env: 'CONNECTION',
    section,
    summary,
    schema: url(['postgres:']),
    secret: true,
    refuse: plainPostgres,
  },
  quoting: {
    env: 'QUOTING',
    section,
    summary,
    schema: z.string().refine(() => false, { error: ({ input }) => `no ${String(input)}` }),
    secret: true,
  },
  refusing: {
    env: 'REFUSING',
    section,
    summary,
    schema: opaque(),
    secret: true,
    refuse: (value: string) => `not ${value}, no`,
  },
})

const envs = Object.values(Secrets).map(({ env }) => env)
const marker = fc.stringMatching(/^[A-Za-z0-9]{6,20}$/).map((text) => `q7${text}7q`)
const value = fc.oneof(
  marker.map((secret) => [secret, secret] as const),
  marker.map((secret) => [secret, `postgres://corbel:${secret}@db.example.com/corbel`] as const),
  marker.map((secret) => [secret, `change-me ${secret}`] as const),
  marker.map((secret) => [secret, `a=${secret},a=${secret}`] as const),
  marker.map((secret) => [secret, `{"a": ${secret}`] as const),
)

it('no secret stands in a report, a warning, a value that is printed, or a stack trace', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('local', 'staging', 'production', 'prodction'),
      fc.array(value, { minLength: envs.length, maxLength: envs.length }),
      (profile, values) => {
        const env = Object.fromEntries(envs.map((name, index) => [name, values[index]?.[1]]))
        const inspected = inspectSettings({
          source: fromEnv({ ...env, CORBEL_PROFILE: profile }),
          catalogs: { secrets: Secrets },
        })
        const refused = new StartRefused(inspected.profile, inspected.problems)
        const printed = [
          refused.message,
          refused.stack,
          inspect(refused, { depth: 9 }),
          inspect(inspected, { depth: 9 }),
          JSON.stringify(inspected.values),
          JSON.stringify([...inspected.byEnv]),
        ].join('\n')
        expect(inspected.problems.length).toBeGreaterThan(1)
        for (const [secret] of values) expect(printed).not.toContain(secret)
      },
    ),
  )
})
