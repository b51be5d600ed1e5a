import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'
import { fromEnv, inspectSettings, rateLimitsOf } from '@corbel/core'
import { beforeAll, describe, expect, it } from 'vitest'
import { documents } from '../scripts/docs/documents.ts'
import { readReference } from '../scripts/docs/read-reference.ts'
import { entriesOf, type Reference } from '../scripts/docs/reference.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const referenceDir = 'docs/reference'

let reference: Reference
beforeAll(async () => {
  reference = await readReference()
})

/** What stands in the first column of every table of a page. */
const listed = (page: string): readonly string[] =>
  [...read(join(referenceDir, page)).matchAll(/^\| `([^`]+)`/gm)].map(([, name = '']) => name)

/** Every declared name of one kind, by page. */
const declared: Readonly<Record<string, () => readonly string[]>> = {
  'errors.md': () =>
    entriesOf(reference, 'errors').flatMap(({ entries }) =>
      entries.flatMap((catalog) => Object.values(catalog).map(({ code }) => code)),
    ),
  'settings.md': () =>
    entriesOf(reference, 'settings').flatMap(({ entries }) => Object.values(entries).map(({ env }) => env)),
  'events.md': () =>
    entriesOf(reference, 'events').flatMap(({ entries }) => Object.values(entries).map(({ type }) => type)),
  'jobs.md': () =>
    entriesOf(reference, 'jobs').flatMap(({ entries }) => Object.values(entries).map(({ name }) => name)),
  'metrics.md': () =>
    entriesOf(reference, 'metrics').flatMap(({ entries }) => Object.values(entries).map(({ name }) => name)),
  'permissions.md': () =>
    entriesOf(reference, 'permissions').flatMap(({ entries }) =>
      Object.values(entries).map(({ scope }) => scope),
    ),
}

describe('the generated reference', () => {
  it('is up to date: npm run docs', () => {
    const files = documents(reference)
    expect(Object.fromEntries(Object.keys(files).map((path) => [path, read(path)]))).toEqual(files)
  })

  it('has no page that nothing generates', () => {
    const generated = Object.keys(documents(reference)).filter((path) => path.startsWith(referenceDir))
    expect(
      readdirSync(join(root, referenceDir), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => relative(root, join(parentPath, name)))
        .toSorted(),
    ).toEqual(generated.toSorted())
  })

  it('is the same however often it is generated', async () => {
    expect(documents(await readReference())).toEqual(documents(reference))
  })

  it.each(Object.keys(declared))('%s lists what is declared, each name once, and nothing else', (page) => {
    const names = declared[page]?.() ?? []
    expect(names.length).toBeGreaterThan(0)
    expect([...listed(page)].toSorted()).toEqual([...names].toSorted())
  })

  it('http.md lists every operation', () => {
    const rows = [...read(`${referenceDir}/http.md`).matchAll(/^\| ([A-Z]+) \| `([^`]+)`/gm)].map(
      ([, method, path]) => `${method} ${path}`,
    )
    expect(rows.toSorted()).toEqual(
      reference.operations.map(({ endpoint, path }) => `${endpoint.method} ${path}`).toSorted(),
    )
  })

  it('every permission that an operation asks for is declared', () => {
    const scopes = new Set(declared['permissions.md']?.())
    const asked = reference.operations.flatMap(({ endpoint: { access } }) =>
      'scopes' in access ? access.scopes : [],
    )
    expect(asked.filter((scope) => !scopes.has(scope))).toEqual([])
  })

  it('every error that an operation names is declared', () => {
    const codes = new Set(declared['errors.md']?.())
    const named = reference.operations.flatMap(({ endpoint: { errors = [] } }) =>
      errors.map(({ code }) => code),
    )
    expect(named.filter((code) => !codes.has(code))).toEqual([])
  })

  it('every setting that an operation names is declared', () => {
    const settings = new Set(declared['settings.md']?.())
    const named = reference.operations.flatMap(({ endpoint }) =>
      [...rateLimitsOf(endpoint), ...(endpoint.streamLimit ? [endpoint.streamLimit] : [])].flatMap(
        ({ setting }) => setting ?? [],
      ),
    )
    expect(named.filter((setting) => !settings.has(setting))).toEqual([])
  })

  it('no catalogue in the sources is forgotten', () => {
    const sources = readdirSync(join(root, 'packages'), { recursive: true, encoding: 'utf8' })
      .filter((path) => /^[^/]+\/src\/.*\.ts$/.test(path) && !/\.(test|fixture)\.ts$/.test(path))
      .map((path) => read(join('packages', path)))
    const domains = sources.flatMap((text) =>
      [...text.matchAll(/defineErrors\('([\w-]+)'/g)].map(([, domain]) => domain),
    )
    const envs = sources
      .filter((text) => text.includes('defineSettings({'))
      .flatMap((text) => [...text.matchAll(/^\s+env: '([A-Z_]+)'/gm)].map(([, env]) => env))
    expect(domains.length).toBeGreaterThan(3)
    expect(envs.length).toBeGreaterThan(5)
    const described = new Set(listed('errors.md').map((code) => code.split('/')[0]))
    expect(domains.filter((domain) => !described.has(domain))).toEqual([])
    expect(envs.filter((env) => !listed('settings.md').includes(env ?? ''))).toEqual([])
  })
})

describe('.env.example', () => {
  const uncommented = (): NodeJS.Dict<string> =>
    parseEnv(read('.env.example').replaceAll(/^#(?=[A-Z])/gm, ''))

  it('sets nothing as it is', () => {
    expect(parseEnv(read('.env.example'))).toEqual({})
  })

  it('has every setting, and no value for a secret', () => {
    const settings = entriesOf(reference, 'settings').flatMap(({ entries }) => Object.values(entries))
    const values = uncommented()
    expect(Object.keys(values).toSorted()).toEqual(settings.map(({ env }) => env).toSorted())
    expect(settings.filter(({ env, secret }) => secret === true && values[env] !== '')).toEqual([])
  })

  it('starts in production when uncommented and given its secrets', () => {
    const catalogs = Object.fromEntries(
      entriesOf(reference, 'settings').map(({ module, entries }) => [module, entries]),
    )
    const secrets = Object.values(catalogs).flatMap((entries) =>
      Object.values(entries).filter(({ secret }) => secret === true),
    )
    const values = Object.fromEntries(
      secrets.map(({ env }) => [env, `8Qw3zT6mK1pV5rX9bN2cF7hJ4gD0sLyA-${env.length}`]),
    )
    const addresses = {
      DATABASE_URL: 'postgres://corbel:8Qw3zT6mK1pV5rX9@db.example.com/corbel?sslmode=verify-full',
      REDIS_URL: 'rediss://:8Qw3zT6mK1pV5rX9@cache.example.com:6379/0',
    }
    const inspected = inspectSettings({
      source: fromEnv({ ...uncommented(), ...values, ...addresses }),
      catalogs,
    })
    expect(inspected.profile).toBe('production')
    expect([inspected.problems, inspected.warnings]).toEqual([[], []])
  })
})
