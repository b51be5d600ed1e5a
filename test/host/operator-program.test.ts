import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newId } from '@corbel/core'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { spawnHost } from '../../examples/reference-host/src/spawn-host.ts'
import { type CliRun, runCli } from '../../packages/cli/src/cli.fixture.ts'
import { recordBackend } from '../backends.ts'
import { postgresUrl } from '../storages.ts'
import { tempFolder } from './temp-folder.fixture.ts'

// A cold embedded database takes seconds, on a busy machine minutes.
const limit = 600_000
const config = join(import.meta.dirname, '../../examples/reference-host/corbel.config.ts')

type Ending = CliRun & { readonly data: unknown }

/** The program as an operator calls it, on the configuration of the reference host. */
async function corbel(env: Readonly<Record<string, string>>, ...argv: readonly string[]): Promise<Ending> {
  const run = await runCli([...argv, '--json'], { env, cwd: tempCwd, config })
  return { ...run, data: (JSON.parse(run.stdout) as { readonly data?: unknown }).data }
}

const tempCwd = tempFolder()
const postgres = await postgresUrl()
const schema = newId('corbel_test')

function postgresEnv(): Readonly<Record<string, string>> {
  const url = new URL(postgres ?? 'postgres://')
  url.searchParams.set('options', `-c search_path=${schema}`)
  return { DATABASE_URL: url.href }
}

describe.each([
  { backend: 'pglite', database: {} },
  ...(postgres === null ? [] : [{ backend: 'postgres', database: postgresEnv() }]),
])('the program on the reference host, $backend', { timeout: limit }, ({ backend, database }) => {
  const env = { CORBEL_DATA_DIR: join(tempFolder(), 'data'), ...database }
  const run = (...argv: readonly string[]): Promise<Ending> => corbel(env, ...argv)
  const client = new pg.Client({ connectionString: postgres ?? '' })

  beforeAll(async () => {
    recordBackend(`corbel on ${backend}`)
    if (backend !== 'postgres') return
    await client.connect()
    await client.query(`create schema ${schema}`)
  }, limit)

  afterAll(async () => {
    if (backend !== 'postgres') return
    await client.query(`drop schema ${schema} cascade`)
    await client.end()
  }, limit)

  it('plans and applies the migrations, once', async () => {
    const before = await run('db', 'status')
    expect(before.code).toBe(6)
    const { pending } = before.data as { readonly pending: readonly string[] }
    expect(pending.length).toBeGreaterThan(10)
    const plan = await run('db', 'migrate', 'plan')
    expect(plan.code).toBe(0)
    for (const name of pending) expect(plan.stdout).toContain(name)
    expect((await run('db', 'status')).code).toBe(6)
    expect((await run('db', 'migrate', 'apply')).code).toBe(0)
    expect(await run('db', 'status')).toMatchObject({ code: 0, data: { applied: pending, pending: [] } })
    expect((await run('db', 'migrate', 'apply')).code).toBe(0)
  })

  it('creates an operator, and says that the address is taken the second time', async () => {
    const first = await run('users', 'create-operator', 'ops@example.com')
    expect(first).toMatchObject({ code: 0, data: { email: 'ops@example.com' } })
    const { password } = first.data as { readonly password: string }
    expect(password.length).toBeGreaterThan(20)
    expect(await run('users', 'create-operator', 'ops@example.com')).toMatchObject({ code: 6 })
  })

  it('prints the keys, and verifies what an address serves', async () => {
    const listed = (await run('auth', 'keys', 'list')).data as readonly {
      readonly kid: string
      readonly state: string
    }[]
    expect(listed.map(({ state }) => state)).toEqual(['active'])
    const printed = (await run('auth', 'jwks', 'print')).data as { readonly keys: readonly { kid: string }[] }
    expect(printed.keys.map(({ kid }) => kid)).toEqual(listed.map(({ kid }) => kid))
    expect(JSON.stringify(printed)).not.toMatch(/"(?:d|p|q|k)":/)
    const own = await serve(() => printed)
    const foreign = await serve(() => ({ keys: [{ ...printed.keys[0], kid: 'somebody-elses' }] }))
    expect((await run('auth', 'jwks', 'verify', own.url)).code).toBe(0)
    expect((await run('auth', 'jwks', 'verify', foreign.url)).code).toBe(6)
    own.close()
    foreign.close()
  })

  it.runIf(backend === 'postgres')('leaves no connection behind', async () => {
    const url = new URL(postgresEnv()['DATABASE_URL'] ?? '')
    const name = newId('left')
    url.searchParams.set('application_name', name)
    expect(await corbel({ ...env, DATABASE_URL: url.href }, 'doctor')).toMatchObject({ code: 0 })
    const left = () => client.query('select 1 from pg_stat_activity where application_name = $1', [name])
    // The server hears of an end a moment later.
    await expect.poll(async () => (await left()).rowCount, { timeout: 10_000 }).toBe(0)
  })

  // The embedded database takes a second to open for each command, and the commands are the same.
  it.runIf(backend === 'postgres' || postgres === null)('operates what the stack has', async () => {
    const seeded = await run('users', 'seed', 'ada@example.com', '--tenant', 'Ada & Co')
    expect(seeded).toMatchObject({ code: 0, data: { created: true } })
    const { tenantId } = seeded.data as { readonly tenantId: string }
    expect(await run('users', 'seed', 'ada@example.com', '--tenant', 'Other')).toMatchObject({
      data: { created: false },
    })

    const issue = ['auth', 'tokens', 'issue-service-account'] as const
    const issued = await run(...issue, 'billing-worker', '--tenant', tenantId, '--lifetime-minutes', '5')
    expect(issued).toMatchObject({ code: 0, data: { tenantId, account: 'billing-worker' } })
    const { jti } = issued.data as { readonly jti: string }
    const revoke = ['auth', 'tokens', 'revoke', jti, '--tenant', tenantId, '--reason', 'no more needed']
    expect((await run(...revoke)).code).toBe(0)
    expect((await run(...revoke)).code).toBe(7)
    expect((await run(...issue, 'nobody', '--tenant', tenantId)).code).toBe(7)

    const opened = await run('status', 'incidents', 'open', 'Late', '--severity', 'minor', '--message', 'why')
    const { id } = opened.data as { readonly id: string }
    const update = ['status', 'incidents', 'update', id, '--state', 'resolved', '--message', 'done']
    expect((await run(...update)).data).toMatchObject({ state: 'resolved' })
    expect(await run('status', 'incidents', 'list')).toMatchObject({ data: { entries: [{ id }] } })

    const wanted = join(tempFolder(), 'wanted.json')
    writeFileSync(wanted, JSON.stringify({ [tenantId]: { seats: 7 } }))
    expect((await run('usage', 'sync-entitlements', wanted)).code).toBe(0)
    expect(await run('usage', 'sync-entitlements', wanted)).toMatchObject({ data: { changes: [] } })
    expect(await run('usage', 'export', '--tenant', tenantId)).toMatchObject({ code: 0, data: { rows: [] } })

    const idp = await serve((url) => ({
      issuer: url,
      authorization_endpoint: `${url}/a`,
      token_endpoint: `${url}/t`,
      jwks_uri: `${url}/k`,
      response_types_supported: ['code'],
    }))
    const near = { SSO_PLAIN_HTTP_ORIGINS: idp.url, OUTBOUND_ALLOWED_NETWORKS: '127.0.0.0/8' }
    const words = ['sso', 'setup', '--preset', 'custom', '--client-id', 'c', '--name', 'SSO']
    const sso = (...more: readonly string[]): Promise<Ending> =>
      corbel({ ...env, ...near }, ...words, '--issuer', idp.url, ...more)
    expect(await sso()).toMatchObject({ code: 0, data: { created: true } })
    expect(await sso()).toMatchObject({ code: 0, data: { created: false } })
    expect((await sso('--tenant', 'not-an-id')).code).toBe(2)
    idp.close()

    expect(await run('stripe', 'inbox', 'list', '--status', 'dead')).toMatchObject({ data: { entries: [] } })
    expect((await run('stripe', 'inbox', 'list', '--status', 'nonsense')).code).toBe(2)
    expect(await run('db', 'seed')).toMatchObject({ data: { added: [expect.stringContaining('API')] } })
    expect(await run('db', 'seed')).toMatchObject({ data: { added: [] } })
  })

  it('says what is to be done for the catalogue to be sold', async () => {
    // The local gateway stands beside the embedded database alone, and sells the catalogue from the beginning.
    const { code, data } = await run('stripe', 'setup', '--dry-run')
    expect({ code, data }).toEqual(
      backend === 'pglite' ? { code: 0, data: { steps: [] } } : { code: 1, data: undefined },
    )
    if (backend !== 'pglite') return
    // The events of the catalogue that no host was there to be told.
    const missed = expect.arrayContaining([expect.stringMatching(/^evt_/)])
    expect(await run('stripe', 'reconcile', '--dry-run')).toMatchObject({
      code: 0,
      data: { missedEvents: missed },
    })
    expect(await run('stripe', 'reconcile')).toMatchObject({ code: 0, data: { missedEvents: missed } })
    expect(await run('stripe', 'reconcile')).toMatchObject({ code: 0, data: { missedEvents: [] } })
  })

  it('prints the OpenAPI document', async () => {
    const { code, data } = await run('api', 'openapi')
    expect(code).toBe(0)
    expect(Object.keys((data as { readonly paths: object }).paths).length).toBeGreaterThan(50)
  })

  it('finds nothing wrong', async () => {
    const { code, data } = await run('doctor')
    const { findings } = data as { readonly findings: readonly { readonly severity: string }[] }
    expect(findings.filter(({ severity }) => severity === 'error' || severity === 'warning')).toEqual([])
    expect(code).toBe(0)
  })

  it('leaves what the host starts on, and serves the keys that it printed', async () => {
    const host = await spawnHost(env)
    try {
      const served = await fetch(`${host.url}/.well-known/jwks.json`)
      const { keys } = (await served.json()) as { readonly keys: readonly { readonly kid: string }[] }
      expect(keys).toHaveLength(1)
      // The embedded database serves one process, so only the other one can be asked while the host runs.
      if (backend === 'postgres')
        expect((await run('auth', 'jwks', 'verify', `${host.url}/.well-known/jwks.json`)).code).toBe(0)
      else expect((await run('auth', 'keys', 'list')).code).not.toBe(0)
    } finally {
      await host.end()
    }
  })
})

async function serve(documentOf: (url: string) => unknown) {
  const server = createServer((_request, response) =>
    response.setHeader('content-type', 'application/json').end(JSON.stringify(documentOf(url))),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, close: () => server.close() }
}
