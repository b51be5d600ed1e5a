import { auth, type Tokens } from '@corbel/auth'
import { createStack, fromEnv } from '@corbel/core'
import { manualClock, silentLogger } from '@corbel/core/ports'
import { tenant } from '@corbel/core/tenant'
import { type Kysely, sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cheapHasher } from '../auth/cheap-hasher.fixture.ts'
import { peppers } from '../auth/support.fixture.ts'
import { backends, openStorage, type OpenStorage, openTimeout } from '../storages.ts'

const origin = 'http://127.0.0.1:3000'
const password = 'correct horse battery staple'
const databases = (await backends()).filter((backend) => backend !== 'memory')

// Takes away what the application itself asks for, so that only the policies are left.
const withoutPredicates = (text: string): string =>
  text
    .replaceAll(/(?:\b\w+\.)?"?tenant_id"? = (\$\d+)/g, '$1::text is not null')
    .replaceAll(
      /(from "corbel_tenants"|update "corbel_tenants".*?) where "id" = (\$\d+)/g,
      '$1 where $2::text is not null',
    )

interface Principal {
  readonly token: string
  readonly refreshToken: string
  readonly tenantId: string
  readonly userId: string
  readonly sessionId: string
  readonly slug: string
}

/** By operation and parameter: the foreign id to try. An operation that is not here has no id, or this test fails. */
const foreignIds: Readonly<Record<string, (foreign: Principal) => Readonly<Record<string, string>>>> = {
  'DELETE /api/v1/auth/sessions/{id}': ({ sessionId }) => ({ id: sessionId }),
}

const variants = databases.flatMap((backend) => [
  [backend, 'with all predicates', undefined] as const,
  [backend, 'by row-level security alone', withoutPredicates] as const,
])

describe.each(variants)('tenants over HTTP on %s, %s', (backend, _, rewrite) => {
  let opened: OpenStorage
  let stack: ReturnType<typeof makeStack>
  let ada: Principal
  let eve: Principal

  const makeStack = ({ storage }: OpenStorage) =>
    createStack({
      modules: [tenant(), auth({ passwords: cheapHasher })],
      storage,
      logger: silentLogger,
      clock: manualClock(),
      settings: fromEnv(peppers),
    })

  beforeAll(async () => {
    opened = await openStorage(backend, { ...(rewrite && { rewrite }) })
    stack = makeStack(opened)
    ada = await principal('ada')
    eve = await principal('eve')
  }, openTimeout)
  afterAll(() => opened.close())

  async function send(method: string, path: string, token: string | null, body?: unknown, headers = {}) {
    const request = new Request(origin + path, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const response = await stack.fetch(request, { remoteAddress: '192.0.2.1' })
    const text = await response.text()
    return { status: response.status, text, json: () => JSON.parse(text) as Record<string, never> }
  }

  async function principal(name: string): Promise<Principal> {
    const email = `${name}@example.com`
    const tenantName = `Company of ${name}`
    const registered = await send('POST', '/api/v1/auth/register', null, {
      email,
      password,
      tenantName,
      acceptTerms: true,
    })
    const {
      tenant: { id: tenantId, slug },
      user: { id: userId },
    } = registered.json() as unknown as {
      tenant: { id: string; slug: string }
      user: { id: string }
    }
    const signedIn = await send('POST', '/api/v1/auth/token', null, { email, password })
    const { accessToken: token, refreshToken } = JSON.parse(signedIn.text) as Tokens
    const sessions = await send('GET', '/api/v1/auth/sessions', token)
    const [{ id: sessionId }] = (sessions.json() as unknown as { data: [{ id: string }] }).data
    return { token, refreshToken, tenantId, userId, sessionId, slug }
  }

  /** Everything that is stored of somebody. */
  async function stored({ tenantId }: Principal): Promise<string> {
    const db = opened.db as Kysely<unknown>
    const tables = ['memberships', 'tenant_settings', 'sessions', 'refresh_tokens'].map(
      (name) => `corbel_${name}`,
    )
    const rows = await Promise.all(
      tables.map((table) =>
        sql`select * from ${sql.table(table)} where tenant_id = ${tenantId} order by 1, 2`.execute(db),
      ),
    )
    const account = await sql`select * from corbel_tenants where id = ${tenantId}`.execute(db)
    return JSON.stringify([account.rows, ...rows.map((result) => result.rows)])
  }

  test("every operation with an id answers 404 to another tenant's id, and changes nothing", async () => {
    const before = await stored(ada)
    const withIds = stack.operations.filter(({ path }) => path.includes('{'))
    expect(withIds.map(({ endpoint, path }) => `${endpoint.method} ${path}`).toSorted()).toEqual(
      Object.keys(foreignIds).toSorted(),
    )
    for (const { endpoint, path } of withIds) {
      const ids = foreignIds[`${endpoint.method} ${path}`]?.(ada) ?? {}
      const concrete = path.replaceAll(/\{(\w+)\}/g, (__, name: string) => ids[name] ?? 'unknown')
      expect((await send(endpoint.method, concrete, eve.token)).status, concrete).toBe(404)
    }
    expect(await stored(ada)).toBe(before)
  })

  /** Ids of another tenant wherever a careless handler may look for one. */
  const vectors = (): readonly (readonly [string, string, Record<string, string>])[] => [
    ['query', `?tenantId=${ada.tenantId}&tenant_id=${ada.tenantId}&userId=${ada.userId}`, {}],
    ['headers', '', { 'x-tenant-id': ada.tenantId, 'x-tenant': ada.slug, 'corbel-tenant': ada.tenantId }],
    ['a cursor', `?cursor=${btoa(JSON.stringify([ada.userId]))}&limit=100`, {}],
    ['nothing', '', {}],
  ]

  test('no answer to a read tells anything of another tenant, whatever id it is given', async () => {
    const told = [ada.tenantId, ada.userId, ada.sessionId, ada.slug, 'Company of ada', 'ada@example.com']
    const reads = stack.operations.filter(
      ({ endpoint, path }) => endpoint.method === 'GET' && !path.includes('{'),
    )
    let answered = 0
    for (const { path } of reads) {
      for (const [, query, headers] of vectors()) {
        const { status, text } = await send('GET', path + query, eve.token, undefined, headers)
        if (status === 200) answered++
        // A refusal may repeat what was asked; then it is the caller's own words.
        if (status === 200) for (const secret of told) expect(text, path).not.toContain(secret)
      }
    }
    expect(answered).toBeGreaterThan(reads.length)
  })

  test("no write reaches another tenant's rows, whatever id is in the body", async () => {
    const before = await stored(ada)
    const id = { tenantId: ada.tenantId, tenant_id: ada.tenantId, userId: ada.userId, id: ada.tenantId }
    for (const { endpoint, path } of stack.operations) {
      if (endpoint.method === 'GET' || path.includes('{') || path.endsWith('/logout/all')) continue
      for (const body of [id, { ...id, name: 'Taken', billingContacts: [], flags: {} }, { name: 'Taken' }]) {
        for (const named of [{ 'x-tenant-id': ada.tenantId }, {}])
          await send(endpoint.method, path, eve.token, body, { 'if-match': '"1"', ...named })
      }
    }
    expect(await stored(ada)).toBe(before)
    expect(await stored(eve)).toContain('Taken')
  })

  test('whoever signs in names only a tenant of their own', async () => {
    const body = { email: 'eve@example.com', password, tenantId: ada.tenantId }
    const { status } = await send('POST', '/api/v1/auth/token', null, body)
    expect(status).toBeGreaterThanOrEqual(400)
    expect((await send('POST', '/api/v1/auth/token', null, { ...body, tenantId: eve.tenantId })).status).toBe(
      200,
    )
  })

  test('signing out everywhere and refreshing touch nobody else', async () => {
    const before = await stored(ada)
    expect(
      (await send('POST', '/api/v1/auth/refresh', null, { refreshToken: eve.refreshToken })).status,
    ).toBe(200)
    expect((await send('POST', '/api/v1/auth/logout/all', eve.token)).status).toBe(200)
    expect(await stored(ada)).toBe(before)
    expect((await send('GET', '/api/v1/auth/me', ada.token)).status).toBe(200)
  })
})

test(
  'a control: with neither wall the same requests reach another tenant',
  async () => {
    const [backend] = databases
    const opened = await openStorage(backend ?? 'pglite', { rewrite: withoutPredicates })
    try {
      for (const table of ['corbel_tenants', 'corbel_memberships', 'corbel_sessions'])
        await sql`alter table ${sql.table(table)} disable row level security`.execute(
          opened.db as Kysely<unknown>,
        )
      const { tenants } = opened.storage.repositories.tenant
      const at = { createdAt: '2026-03-01T12:00:00.000Z' }
      await tenants.insert({ id: 'ten_ada', slug: 'ada', name: 'Ada', ...at })
      await tenants.insert({ id: 'ten_eve', slug: 'eve', name: 'Eve', ...at })
      await tenants.rename('ten_eve', 'Taken')
      expect(await tenants.find('ten_ada')).toMatchObject({ name: 'Taken' })
    } finally {
      await opened.close()
    }
  },
  openTimeout,
)
