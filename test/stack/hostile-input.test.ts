import { auth } from '@corbel/auth'
import { createStack, type Endpoint, fromEnv } from '@corbel/core'
import { memoryRateLimiter, silentLogger } from '@corbel/core/ports'
import { tenant } from '@corbel/core/tenant'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cheapHasher } from '../auth/cheap-hasher.fixture.ts'
import { peppers } from '../auth/support.fixture.ts'
import { openStorage, openTimeout, type OpenStorage } from '../storages.ts'
import { unlimited } from '../unlimited.ts'

const makeStack = ({ storage }: OpenStorage, rateLimiter = unlimited) =>
  createStack({
    modules: [tenant(), auth({ passwords: cheapHasher })],
    storage,
    logger: silentLogger,
    rateLimiter,
    settings: fromEnv(peppers),
  })

const origin = 'http://127.0.0.1:3000'
const ada = { email: 'ada@example.com', password: 'correct horse battery staple' }

type Body = string | Uint8Array<ArrayBuffer>

let opened: OpenStorage
let stack: ReturnType<typeof makeStack>
let accessToken: string

beforeAll(async () => {
  opened = await openStorage('pglite')
  stack = makeStack(opened)
  // An operator, whom no endpoint denies: a denial would be in the audit trail.
  await stack.auth.users.createOperator({ ...ada, tenantName: 'Acme' })
  const response = await send('POST', '/api/v1/auth/token', JSON.stringify(ada))
  accessToken = ((await response.json()) as { readonly accessToken: string }).accessToken
}, openTimeout)

afterAll(() => opened.close())

function send(
  method: string,
  path: string,
  body?: Body,
  headers: Record<string, string> = {},
): Promise<Response> {
  const request = new Request(origin + path, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(accessToken && { authorization: `Bearer ${accessToken}` }),
      ...headers,
    },
    ...(body !== undefined && { body }),
  })
  return stack.fetch(request, { remoteAddress: '192.0.2.1' })
}

/** Everything that is stored, as text. */
async function contents(): Promise<string> {
  const { db } = opened
  if (!db) throw new Error('needs a database')
  const { rows } = await sql<{ readonly name: string }>`
    select table_name as name from information_schema.tables
    where table_name like 'corbel\\_%' and table_schema = current_schema() order by 1`.execute(db)
  const tables = await Promise.all(
    rows.map(async ({ name }) => [
      name,
      (await sql`select * from ${sql.table(name)} order by 1, 2`.execute(db)).rows,
    ]),
  )
  return JSON.stringify(tables)
}

async function expectRefused(response: Response): Promise<void> {
  expect(response.status).toBeGreaterThanOrEqual(400)
  expect(response.status).toBeLessThan(500)
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  const problem = await response.json()
  expect(problem).toMatchObject({
    status: response.status,
    code: expect.any(String),
    requestId: expect.any(String),
  })
}

const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)

/** Bodies that no endpoint may take, whatever it expects. */
const bodies: Readonly<Record<string, Body>> = {
  nothing: '',
  'half an object': '{"email":',
  'two values': '{}{}',
  'a comment': '{/**/}',
  'a number': '1',
  'an array': '[]',
  null: 'null',
  'an unknown key': '{"no-such-key":1}',
  'a repeated key': '{"email":"ada@example.com","email":"eve@example.com"}',
  __proto__: '{"__proto__":{"operator":true}}',
  'a nested __proto__': '{"email":{"__proto__":{}}}',
  'a NUL': '{"email":"a\\u0000@example.com"}',
  'a lone surrogate': '{"email":"\\ud800@example.com"}',
  'a lone surrogate in a key': '{"\\udfff":1}',
  'invalid UTF-8': new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
  'a number beyond doubles': '{"email":1e400}',
  '65 levels': `{"email":${deep(65)}}`,
  '100,000 levels': deep(100_000),
  'too many bytes': JSON.stringify({ email: 'x'.repeat(1_100_000) }),
  'everything as an object': JSON.stringify({
    email: {},
    password: {},
    token: {},
    refreshToken: {},
    flags: [],
    billingContacts: {},
  }),
}

describe('every write', () => {
  const endpoints = (): readonly { readonly path: string; readonly endpoint: Endpoint }[] =>
    stack.operations.filter(
      ({ endpoint: { body, access } }) =>
        // A session of one factor is denied there, which the trail shows, before anything is read.
        body?.kind === 'json' && !('assurance' in access && access.assurance?.aal === 2),
    )

  test.each(Object.entries(bodies))('refuses %s and changes nothing', async (_what, body) => {
    const before = await contents()
    expect(endpoints().length).toBeGreaterThan(4)
    for (const { path, endpoint } of endpoints()) {
      await expectRefused(await send(endpoint.method, path, body, { 'if-match': '"1"' }))
    }
    expect(await contents()).toBe(before)
  })

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'application/json; charset=utf-16',
    '',
  ])('refuses the media type "%s" with 415', async (type) => {
    for (const { path, endpoint } of endpoints()) {
      const response = await send(endpoint.method, path, '{}', { 'content-type': type, 'if-match': '"1"' })
      // What is wrong with the path is told first.
      expect(response.status, path).toBe(path.includes('{') ? 400 : 415)
      await expectRefused(response)
    }
  })

  test('answers an oversized body with 413', async () => {
    const response = await send('POST', '/api/v1/auth/token', bodies['too many bytes'])
    expect(response.status).toBe(413)
  })
})

describe('every list', () => {
  const lists = () =>
    stack.operations.filter(({ endpoint }) => endpoint.query && 'cursor' in endpoint.query.shape)

  test.each([
    'cursor=',
    'cursor=!',
    'cursor=AAAA',
    'cursor=MjphYmM',
    'cursor=a&cursor=b',
    'limit=0',
    'limit=101',
    'limit=1e9',
    'limit=-1',
    'limit=x',
    'limit=1&limit=2',
    'no-such-key=1',
    'cursor=%00',
    'cursor=%ff',
    '__proto__=1',
  ])('refuses ?%s', async (query) => {
    expect(lists().length).toBeGreaterThan(1)
    for (const { path } of lists()) {
      const response = await send('GET', `${path}?${query}`)
      expect(response.status).toBe(400)
      await expectRefused(response)
    }
  })
})

describe('every path with an id', () => {
  const withId = () => stack.operations.filter(({ path }) => path.includes('{id}'))

  test.each([
    'ses_',
    'usr_01jd3k9v7m2q8x4r5t6w0y1zab',
    '1',
    '%27%20or%201=1',
    'ses_01JD3K9V7M2Q8X4R5T6W0Y1ZAB',
    'null',
    '%F0%9F%92%A9',
  ])('refuses the id %s', async (id) => {
    expect(withId().length).toBeGreaterThan(0)
    for (const { path, endpoint } of withId()) {
      await expectRefused(await send(endpoint.method, path.replace('{id}', id)))
    }
  })
})

describe('hostile targets', () => {
  test.each([
    '//api/v1/auth/me',
    '/api//v1/auth/me',
    '/api/v1/auth%2fme',
    '/api/v1/auth/me/',
    '/API/v1/auth/me',
    '/api/v1/auth/%6de%00',
    '/api/v1/auth%5cme',
    '/api/v1/auth/me%',
    '/api/v1/auth/me%zz',
    '/api/v1/auth/%c0%ae%c0%ae/me',
    `/${'a'.repeat(3000)}`,
    '/api/v1/tenants/..%2fauth/me',
    '/api/v1/auth/me;x=1',
  ])('%s reaches nothing', async (path) => {
    await expectRefused(await send('GET', path))
  })
})

describe('what a stranger claims about himself', () => {
  test("X-Tenant-Id of another tenant is refused, one's own is fine", async () => {
    const me = (await (await send('GET', '/api/v1/auth/me')).json()) as { readonly tenantId: string }
    expect((await send('GET', '/api/v1/auth/me', undefined, { 'x-tenant-id': me.tenantId })).status).toBe(200)
    const other = await send('GET', '/api/v1/auth/me', undefined, {
      'x-tenant-id': 'ten_01jd3k9v7m2q8x4r5t6w0y1zab',
    })
    expect(other.status).toBe(403)
  })

  test('X-Forwarded-For from an untrusted peer changes no quota', async () => {
    const limited = makeStack(opened, memoryRateLimiter())
    const statuses = new Set<number>()
    for (let i = 0; i < 700; i++) {
      const request = new Request(`${origin}/api/v1/auth/email/verify`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': `198.51.100.${i}` },
        body: JSON.stringify({ token: 'cev_unknown' }),
      })
      statuses.add((await limited.fetch(request, { remoteAddress: '192.0.2.77' })).status)
    }
    expect(statuses).toContain(429)
  })
})
