import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attachment } from '../kernel/content-disposition.ts'
import { exampleApi, type SendOptions } from './example-api.fixture.ts'
import { implement } from './implement.ts'
import { alternative } from './implement.ts'
import { anyone } from '../contract/access.ts'
import { defineContract } from '../contract/contract.ts'
import { content, ok, unavailable } from '../contract/media.ts'
import * as z from 'zod'

describe('versions', () => {
  const seeded = () => {
    const api = exampleApi()
    api.notes.push('a')
    return api
  }
  const get = (headers: Record<string, string> = {}) =>
    seeded().send('GET', '/api/v1/notes/n0', { as: 'owner', headers })
  const update = (headers: Record<string, string>) =>
    seeded().send('PATCH', '/api/v1/notes/n0', { as: 'owner', json: { title: 'x' }, headers })

  it('are told as a strong ETag', async () => {
    expect((await get()).headers.get('etag')).toBe('"7"')
    expect((await update({ 'if-match': '"7"' })).headers.get('etag')).toBe('"8"')
  })

  it.each([
    ['"7"', 304],
    ['W/"7"', 304],
    ['*', 304],
    ['"6", "7"', 304],
    ['"6"', 200],
    ['7', 200],
  ])('If-None-Match %s gives %i', async (tag, status) => {
    const response = await get({ 'if-none-match': tag })
    expect([response.status, response.headers.get('etag')]).toEqual([status, '"7"'])
    if (status === 304)
      expect([await response.text(), response.headers.has('content-type')]).toEqual(['', false])
  })

  it.each([
    [undefined, 428],
    ['"7"', 200],
    ['"6"', 412],
    ['W/"7"', 412],
    ['*', 412],
    ['"7", "8"', 412],
    ['7', 412],
    ['"07"', 412],
    ['"1e1"', 412],
    ['"99999999999999999999"', 412],
    ['', 412],
  ])('If-Match %s gives %i', async (tag, status) => {
    expect((await update(tag === undefined ? {} : { 'if-match': tag })).status).toBe(status)
  })
})

describe('caching', () => {
  it('gives public data an ETag over its content', async () => {
    const api = exampleApi()
    const first = await api.send('GET', '/.well-known/keys')
    const etag = first.headers.get('etag') ?? ''
    expect(etag).toMatch(/^"[\w-]{22}"$/)
    expect(first.headers.get('cache-control')).toBe('public, max-age=300')
    const second = await api.send('GET', '/.well-known/keys', { headers: { 'if-none-match': `W/${etag}` } })
    expect([
      second.status,
      await second.text(),
      second.headers.get('etag'),
      second.headers.get('cache-control'),
    ]).toEqual([304, '', etag, 'public, max-age=300'])
  })

  it('never keeps a failure', async () => {
    const response = await exampleApi().send('GET', '/.well-known/keys?x=1')
    expect([response.status, response.headers.get('cache-control')]).toEqual([400, 'no-store'])
  })
})

describe('other answers', () => {
  it('redirect', async () => {
    const response = await exampleApi().send('GET', '/go')
    expect([response.status, response.headers.get('location'), await response.text()]).toEqual([
      303,
      'https://app.example.com/a?b=c',
      '',
    ])
  })

  it('are empty', async () => {
    const response = await exampleApi().send('GET', '/admin', { as: 'operator' })
    expect([response.status, response.body, response.headers.has('content-type')]).toEqual([204, null, false])
  })

  const routes = implement(
    defineContract('x', '', {
      either: {
        method: 'GET',
        path: '/either',
        access: anyone,
        summary: '',
        success: ok(z.object({ up: z.boolean() })),
        alternatives: [unavailable(z.object({ up: z.boolean() }))],
      },
      wrong: {
        method: 'GET',
        path: '/wrong',
        access: anyone,
        summary: '',
        success: ok(z.object({ n: z.number() })),
      },
      page: {
        method: 'GET',
        path: '/page',
        access: anyone,
        summary: '',
        success: content('text/html; charset=utf-8'),
      },
    }),
    {
      either: async () => alternative(503, { up: false, secret: 1 }),
      wrong: async () => ({ n: Number.NaN }),
      page: async () => ({
        body: new TextEncoder().encode('<p>'),
        contentSecurityPolicy: "default-src 'self'",
      }),
    },
  )
  const send = (path: string, options?: SendOptions) => exampleApi({ routes }).send('GET', path, options)

  it('can be alternatives that the contract lists', async () => {
    const response = await send('/either')
    expect([response.status, await response.json()]).toEqual([503, { up: false }])
  })

  it('that do not fit the contract are a defect', async () => {
    expect((await send('/wrong')).status).toBe(500)
  })

  it('bring their own type and policy', async () => {
    const response = await send('/page')
    expect([
      response.headers.get('content-type'),
      response.headers.get('content-security-policy'),
      await response.text(),
    ]).toEqual(['text/html; charset=utf-8', "default-src 'self'", '<p>'])
  })
})

describe('attachment', () => {
  it.each([
    ['report.pdf', 'attachment; filename="report.pdf"'],
    ['a b.txt', 'attachment; filename="a b.txt"'],
    ['naïve.txt', 'attachment; filename="na_ve.txt"; filename*=UTF-8\'\'na%C3%AFve.txt'],
    ['a"b.txt', 'attachment; filename="a_b.txt"; filename*=UTF-8\'\'a%22b.txt'],
    ['../../etc/passwd', 'attachment; filename="__.._etc_passwd"'],
    ['.bashrc', 'attachment; filename="_bashrc"'],
    ['x\r\nset-cookie: a=b', 'attachment; filename="x__set-cookie: a=b"'],
  ])('%j', (name, header) => expect(attachment(name)).toBe(header))

  it('is one header value whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
        expect(attachment(name)).toMatch(
          /^attachment; filename="[\x20-\x21\x23-\x7e]*"(; filename\*=UTF-8''[\w.!~%-]*)?$/,
        )
      }),
    )
  })

  it('reaches the client', async () => {
    const response = await exampleApi().send('GET', '/file?name=%C3%A9.txt')
    expect(response.headers.get('content-disposition')).toBe(
      'attachment; filename="_.txt"; filename*=UTF-8\'\'%C3%A9.txt',
    )
  })
})
