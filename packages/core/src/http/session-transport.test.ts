import { describe, expect, expectTypeOf, it } from 'vitest'
import * as z from 'zod'
import { anyone, user } from '../contract/access.ts'
import { defineContract } from '../contract/contract.ts'
import { empty, eventStream, json, ok } from '../contract/media.ts'
import { toOpenApi } from '../contract/openapi.ts'
import { operationsOf } from '../contract/operation.ts'
import { exampleApi } from './example-api.fixture.ts'
import { createClient } from './client.ts'
import { createFetchHandler } from './fetch-handler.ts'
import { implement } from './implement.ts'
import { manualClock } from '../kernel/manual-clock.ts'
import { memoryIdempotencyStore } from '../ports/idempotency-store.memory.ts'
import { memoryRateLimiter } from '../ports/rate-limiter.memory.ts'
import type { UserPrincipal } from './principal.ts'
import { HttpErrors } from './http-errors.ts'
import { toSessionCookie } from './session-cookies.ts'

const tokens = z.object({
  accessToken: z.string(),
  refreshToken: z.string(),
  tokenType: z.literal('Bearer'),
  refreshExpiresIn: z.int(),
})
const refreshToken = json(z.object({ refreshToken: z.string() }))

const contract = defineContract('session', '', {
  open: {
    method: 'POST',
    path: '/open',
    access: anyone,
    summary: 'x',
    success: ok(tokens),
    session: 'opens',
    idempotent: false,
  },
  renew: {
    method: 'POST',
    path: '/renew',
    access: anyone,
    summary: 'x',
    body: refreshToken,
    success: ok(tokens),
    session: 'renews',
    idempotent: false,
  },
  end: {
    method: 'POST',
    path: '/end',
    access: anyone,
    summary: 'x',
    body: refreshToken,
    success: empty(),
    session: 'ends',
    idempotent: false,
  },
  nested: {
    method: 'POST',
    path: '/nested',
    access: user(),
    summary: 'x',
    success: ok(z.object({ tokens, left: z.int() })),
    session: 'renews',
    idempotent: false,
  },
  events: {
    method: 'GET',
    path: '/events',
    access: user(),
    summary: 'x',
    success: eventStream(z.object({ n: z.int() })),
  },
})

const origin = 'https://app.example.com'
const issued = (n: string) => ({
  accessToken: `a${n}`,
  refreshToken: `r${n}`,
  tokenType: 'Bearer' as const,
  refreshExpiresIn: 60,
})

/** An API, and a browser in front of it. */
function setup(more: { readonly accessToken?: string; readonly site?: string } = {}) {
  const clock = manualClock()
  const renewed: string[] = []
  const api = createFetchHandler({
    routes: implement(contract, {
      open: async () => ({ ...issued('1'), ...(more.accessToken && { accessToken: more.accessToken }) }),
      renew: async ({ body }) => (renewed.push(body.refreshToken), issued('2')),
      end: async ({ body }) => void renewed.push(body.refreshToken),
      nested: async () => ({ tokens: issued('3'), left: 7 }),
      events: async () =>
        (async function* () {
          yield { id: '1', data: { n: 1 } }
        })(),
    }),
    authenticate: async (credential) => {
      if (!/^a\d$/.test(credential)) throw HttpErrors.invalidToken()
      return principal
    },
    clock,
    rateLimiter: memoryRateLimiter({ clock }),
    idempotency: memoryIdempotencyStore({ clock }),
    publicUrl: origin,
    sessionCookies: true,
  })
  let cookie: string | null = null
  const answers: Response[] = []
  const fetch = async (request: Request): Promise<Response> => {
    const headers = new Headers(request.headers)
    if (cookie) headers.set('cookie', cookie)
    if (request.method !== 'GET') headers.set('origin', origin)
    headers.set('sec-fetch-site', more.site ?? 'same-origin')
    const response = await api(new Request(request, { headers }))
    answers.push(response)
    const set = response.headers.get('set-cookie')
    if (set !== null) cookie = set.includes('Max-Age=0') ? null : (set.split(';')[0] ?? null)
    return response
  }
  const client = createClient({ session: contract }, { baseUrl: origin, fetch, session: 'cookie' })
  return { client: client.session, renewed, answers, cookie: () => cookie }
}

const principal: UserPrincipal = {
  kind: 'user',
  subject: 'usr_1' as never,
  userId: 'usr_1' as never,
  tenantId: 'ten_1' as never,
  sessionId: 'ses_1' as never,
  scopes: new Set(),
  role: 'owner',
  operator: false,
  emailVerified: true,
  aal: 1,
  amr: ['pwd'],
  authenticatedAt: new Date(0),
}

describe('a session in a cookie, by the typed client', () => {
  it('is opened, renewed and ended, and no code sees a token', async () => {
    const { client, renewed, cookie } = setup()
    expect(await client.open()).toEqual({ refreshExpiresIn: 60 })
    expect(cookie()).toBe('__Host-session=r1~a1')
    expect(await client.renew()).toEqual({ refreshExpiresIn: 60 })
    expect(cookie()).toBe('__Host-session=r2~a2')
    expect(await client.nested()).toEqual({ tokens: { refreshExpiresIn: 60 }, left: 7 })
    expect(cookie()).toBe('__Host-session=r3~a3')
    await client.end()
    expect([cookie(), renewed]).toEqual([null, ['r1', 'r3']])
  })

  it('opens an event stream, but not for another site', async () => {
    const { client } = setup()
    await client.open()
    const seen: number[] = []
    for await (const { data } of await client.events()) seen.push(data.n)
    expect(seen).toEqual([1])
    const elsewhere = setup({ site: 'same-site' })
    await expect(elsewhere.client.open()).rejects.toMatchObject({ status: 403, code: 'http/cross-site' })
  })

  it('is typed without tokens', () => {
    const { client } = setup()
    expectTypeOf(client.open).returns.resolves.toEqualTypeOf<{ refreshExpiresIn: number }>()
    expectTypeOf(client.nested).returns.resolves.toEqualTypeOf<{
      left: number
      tokens: { refreshExpiresIn: number }
    }>()
    // @ts-expect-error the refresh token is in the cookie
    void (() => client.renew({ body: { refreshToken: 'x' } }))
  })

  it('is not begun when browsers would drop it: a failure, and no cookie of half a session', async () => {
    const { client, answers } = setup({ accessToken: 'a'.repeat(4100) })
    await expect(client.open()).rejects.toMatchObject({ status: 500, code: 'internal' })
    expect(answers[0]?.headers.get('set-cookie')).toBeNull()
    expect(() => toSessionCookie({ ...issued('1'), accessToken: 'a'.repeat(4079) })).not.toThrow()
    expect(() => toSessionCookie({ ...issued('1'), accessToken: 'a'.repeat(4080) })).toThrow('4097')
  })
})

interface Documented {
  readonly get: { readonly security: unknown }
  readonly post: {
    readonly parameters: readonly { readonly name: string }[]
    readonly requestBody: { readonly required: boolean }
    readonly responses: {
      readonly 200: {
        readonly content: {
          readonly 'application/json': {
            readonly schema: { readonly anyOf: readonly { readonly required: string[] }[] }
          }
        }
      }
    }
  }
}

describe('a contract', () => {
  it('that opens a session has tokens to give', () => {
    const broken = defineContract('broken', '', {
      open: {
        method: 'POST',
        path: '/',
        access: anyone,
        summary: 'x',
        success: ok(z.object({})),
        session: 'opens',
      },
    })
    const make = () => exampleApi({ routes: implement(broken, { open: async () => ({}) }) })
    expect(make).toThrow('accessToken')
  })

  it('is documented in both modes', () => {
    const document = toOpenApi(operationsOf(contract), { title: 'x', version: '1', serverUrl: origin })
    expect(document.components?.securitySchemes?.['session']).toMatchObject({
      type: 'apiKey',
      in: 'cookie',
      name: '__Host-session',
    })
    const at = (path: string) => JSON.parse(JSON.stringify(document.paths?.[path])) as Documented
    const { post: open } = at('/open')
    expect(at('/events').get.security).toEqual([{ bearer: [] }, { session: [] }])
    expect(open.parameters.map(({ name }) => name)).toEqual(['Session-Transport'])
    expect(
      open.responses['200'].content['application/json'].schema.anyOf.map(({ required }) =>
        required.includes('accessToken'),
      ),
    ).toEqual([true, false])
    expect(at('/renew').post.requestBody.required).toBe(false)
  })
})
