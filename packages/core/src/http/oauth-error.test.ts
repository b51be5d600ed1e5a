import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { anyone, user } from '../contract/access.ts'
import { defineContract } from '../contract/contract.ts'
import { empty, form, ok } from '../contract/media.ts'
import { defineErrors } from '../kernel/errors.ts'
import { manualClock } from '../kernel/manual-clock.ts'
import { memoryIdempotencyStore } from '../ports/idempotency-store.memory.ts'
import { memoryRateLimiter } from '../ports/rate-limiter.memory.ts'
import { createFetchHandler } from './fetch-handler.ts'
import { HttpErrors } from './http-errors.ts'
import { implement } from './implement.ts'

const OAuthErrors = defineErrors('oauth', {
  invalidGrant: { status: 400, title: 'The "grant" is over.', fix: 'Get a n\u00e9w one.' },
})

const token = {
  method: 'POST',
  path: '/oauth/token',
  access: anyone,
  summary: 'Issues',
  body: form(z.looseObject({ grant_type: z.string() })),
  success: empty(),
  errorForm: 'oauth',
  idempotent: false,
} as const

const metadata = {
  method: 'GET',
  path: '/.well-known/oauth-protected-resource',
  access: anyone,
  summary: 'Describes the resource',
  success: ok(z.object({})),
} as const

const closed = {
  method: 'GET',
  path: '/closed',
  access: user(),
  summary: 'Closed',
  success: empty(),
} as const

function api(fail: () => Error, hasMetadata = true) {
  const clock = manualClock()
  const contract = defineContract('oauth', '', { token, closed, ...(hasMetadata && { metadata }) })
  const routes = implement(contract, {
    token: () => Promise.reject(fail()),
    closed: async () => {},
    metadata: async () => ({}),
  } as never)
  const handle = createFetchHandler({
    routes,
    clock,
    rateLimiter: memoryRateLimiter({ clock }),
    idempotency: memoryIdempotencyStore({ clock }),
    publicUrl: 'https://app.example.com',
    authenticate: () =>
      Promise.reject(
        HttpErrors.invalidToken({ headers: { 'www-authenticate': 'Bearer error="invalid_token"' } }),
      ),
  })
  const send = (method: string, path: string, headers = {}, body?: string) =>
    handle(
      new Request(`https://app.example.com${path}`, { method, headers, ...(body !== undefined && { body }) }),
    )
  return { send }
}

const formType = { 'content-type': 'application/x-www-form-urlencoded' }

describe('a failure of an OAuth endpoint', () => {
  it.each([
    ['has the name of its own', () => OAuthErrors.invalidGrant(), 400, 'invalid_grant'],
    ['of the request is invalid_request', () => HttpErrors.invalidRequest(), 400, 'invalid_request'],
    ['that passes says so', () => HttpErrors.rateLimited(), 429, 'temporarily_unavailable'],
    ['that is a defect tells nothing', () => new Error('secret'), 500, 'server_error'],
  ])('%s', async (_, fail, status, error) => {
    const response = await api(fail).send('POST', '/oauth/token', formType, 'grant_type=x')
    const body = (await response.json()) as { error: string; error_description: string }
    expect([response.status, body.error, Object.keys(body).toSorted()]).toEqual([
      status,
      error,
      ['error', 'error_description'],
    ])
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(body.error_description).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/)
    expect(body.error_description).not.toContain('secret')
  })

  it('that comes before the handler has the form too', async () => {
    const response = await api(() => new Error('not reached')).send(
      'POST',
      '/oauth/token',
      { 'content-type': 'text/plain' },
      'x',
    )
    expect([response.status, await response.json()]).toMatchObject([415, { error: 'invalid_request' }])
  })
})

describe('a challenge', () => {
  it('says where the resource is described', async () => {
    const url = '"https://app.example.com/.well-known/oauth-protected-resource"'
    const { send } = api(() => new Error('not reached'))
    const challenge = async (headers = {}) =>
      (await send('GET', '/closed', headers)).headers.get('www-authenticate')
    expect(await challenge()).toBe(`Bearer resource_metadata=${url}`)
    expect(await challenge({ authorization: 'Bearer x' })).toBe(
      `Bearer error="invalid_token", resource_metadata=${url}`,
    )
  })

  it('says nothing of it when it is not described', async () => {
    const { send } = api(() => new Error('not reached'), false)
    expect((await send('GET', '/closed')).headers.get('www-authenticate')).toBe('Bearer')
  })
})
