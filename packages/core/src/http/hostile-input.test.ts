import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exampleApi, type SendOptions } from './example-api.fixture.ts'

interface Case {
  readonly method?: string
  readonly path?: string
  readonly options: SendOptions
  readonly status: number
  readonly code: string
  readonly pointer?: string
}

const jsonType = { 'content-type': 'application/json' }
const note = (body: NonNullable<SendOptions['body']>, headers: Record<string, string> = {}): SendOptions => ({
  as: 'owner',
  headers: { ...jsonType, ...headers },
  body,
})
const malformed = (body: string | Uint8Array<ArrayBuffer>): Case => ({
  options: note(body),
  status: 400,
  code: 'http/malformed-json',
})
const badMedia = (headers: Record<string, string>): Case => ({
  options: note('{"title":"x"}', headers),
  status: 415,
  code: 'http/unsupported-media-type',
})
const invalid = (json: unknown, pointer: string): Case => ({
  options: { as: 'owner', json },
  status: 400,
  code: 'http/invalid-request',
  pointer,
})
const query = (text: string, pointer?: string): Case => ({
  method: 'GET',
  path: `/api/v1/notes?${text}`,
  options: { as: 'owner' },
  status: 400,
  code: 'http/invalid-request',
  ...(pointer !== undefined && { pointer }),
})
const formCase = (
  body: string | Uint8Array<ArrayBuffer>,
  status = 400,
  type = 'application/x-www-form-urlencoded',
): Case => ({
  path: '/oauth/token',
  options: { body, headers: { 'content-type': type } },
  status,
  code: status === 415 ? 'http/unsupported-media-type' : 'http/invalid-request',
})
const endless = (): ReadableStream<Uint8Array<ArrayBuffer>> =>
  new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(4096).fill(0x20)) })
const broken = (): ReadableStream<Uint8Array<ArrayBuffer>> =>
  new ReadableStream({ pull: (controller) => controller.error(new Error('connection reset')) })

const cases: Record<string, Case> = {
  'malformed JSON': malformed('{"title":'),
  'an empty body': malformed(''),
  'a body that is not UTF-8': malformed(new Uint8Array([0x22, 0xff, 0x22])),
  'UTF-16': malformed(new Uint8Array([0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00])),
  'a byte order mark': malformed('\ufeff{"title":"x"}'),
  'a repeated key': malformed('{"title":"a","title":"b"}'),
  __proto__: malformed('{"title":"a","__proto__":{"admin":true}}'),
  NUL: malformed(String.raw`{"title":"a\u0000"}`),
  'a lone surrogate': malformed(String.raw`{"title":"\ud800"}`),
  '1e400': malformed('{"title":1e400}'),
  'a million levels': { options: note('['.repeat(1_000_000)), status: 400, code: 'http/body-too-deep' },
  'no media type': {
    options: { as: 'owner', body: new TextEncoder().encode('{"title":"x"}') },
    status: 415,
    code: 'http/unsupported-media-type',
  },
  'text/plain': badMedia({ 'content-type': 'text/plain' }),
  'a look-alike media type': badMedia({ 'content-type': 'application/jsonp' }),
  'two media types': badMedia({ 'content-type': 'application/json, text/plain' }),
  'another charset': badMedia({ 'content-type': 'application/json; charset=utf-16' }),
  gzip: badMedia({ 'content-encoding': 'gzip' }),
  'a declared length over the limit': {
    options: note('{}', { 'content-length': '99999999' }),
    status: 413,
    code: 'http/body-too-large',
  },
  'a length that is no number': {
    options: note('{}', { 'content-length': '1e999' }),
    status: 413,
    code: 'http/body-too-large',
  },
  'an endless body': { options: note(endless()), status: 413, code: 'http/body-too-large' },
  'a body that breaks off': { options: note(broken()), status: 400, code: 'http/invalid-request' },
  'an unknown key': invalid({ title: 'x', role: 'owner' }, '/role'),
  'constructor as a key': invalid(
    { title: 'x', constructor: { prototype: { admin: true } } },
    '/constructor',
  ),
  'a missing key': invalid({}, '/title'),
  'a wrong type': invalid({ title: ['x'] }, '/title'),
  'a wrong type further down': invalid({ title: 'x', tags: ['a', 1] }, '/tags/1'),
  'null for an object': invalid(null, ''),
  'text that is only spaces': invalid({ title: '  ' }, '/title'),
  'text that is too long': invalid({ title: 'x'.repeat(100_000) }, '/title'),
  'an unknown query key': query('limit=5&admin=true', '/admin'),
  'a repeated query key': query('limit=5&limit=6', '/limit'),
  '__proto__ in a query': query('__proto__=1', '/__proto__'),
  'NUL in a query': query('cursor=%00', '/cursor'),
  'a query that is not UTF-8': query('cursor=%ff'),
  'a stray percent sign in a query': query('cursor=%zz'),
  'a limit out of range': query('limit=101', '/limit'),
  'a limit that is no number': query('limit=ten', '/limit'),
  'ten thousand query keys': query(Array.from({ length: 10_000 }, (_, i) => `k${i}=1`).join('&')),
  "a cursor of nobody's": {
    method: 'GET',
    path: '/api/v1/notes?cursor=bm9uc2Vuc2U',
    options: { as: 'owner' },
    status: 400,
    code: 'page/invalid-cursor',
  },
  'a cursor that is not base64url': {
    method: 'GET',
    path: '/api/v1/notes?cursor=%2B%2B',
    options: { as: 'owner' },
    status: 400,
    code: 'page/invalid-cursor',
  },
  'a query where there is none': {
    method: 'GET',
    path: '/time?x=1',
    options: {},
    status: 400,
    code: 'http/invalid-request',
    pointer: '/x',
  },
  'a path parameter that is too long': {
    method: 'GET',
    path: `/api/v1/notes/${'x'.repeat(41)}`,
    options: { as: 'owner' },
    status: 400,
    code: 'http/invalid-request',
    pointer: '/id',
  },
  'an encoded slash': {
    method: 'GET',
    path: '/api/v1/notes/a%2fb',
    options: { as: 'owner' },
    status: 400,
    code: 'http/invalid-path',
  },
  'an empty segment': {
    method: 'GET',
    path: '/api//v1/notes',
    options: { as: 'owner' },
    status: 400,
    code: 'http/invalid-path',
  },
  'an encoded letter': { method: 'GET', path: '/%74ime', options: {}, status: 404, code: 'http/not-found' },
  'an unknown method': {
    method: 'PROPFIND',
    path: '/time',
    options: {},
    status: 405,
    code: 'http/method-not-allowed',
  },
  'a body where there is none': {
    path: '/limited',
    options: { json: { x: 1 } },
    status: 400,
    code: 'http/invalid-request',
  },
  'an endless body where there is none': {
    path: '/limited',
    options: { body: endless() },
    status: 413,
    code: 'http/body-too-large',
  },
  'a form as JSON': formCase('{"grant_type":"x"}', 415, 'application/json'),
  'a repeated form field': formCase('grant_type=a&grant_type=b'),
  'an unknown form field': formCase('grant_type=a&x=b'),
  'NUL in a form': formCase('grant_type=%00'),
  'a form that is not UTF-8': formCase(new Uint8Array([0x67, 0x3d, 0xff])),
  'a compressed webhook': {
    path: '/webhooks/x',
    options: { body: '{}', headers: { ...jsonType, 'content-encoding': 'gzip' } },
    status: 415,
    code: 'http/unsupported-media-type',
  },
  'a webhook with another media type': {
    path: '/webhooks/x',
    options: { body: '{}', headers: { 'content-type': 'text/plain' } },
    status: 415,
    code: 'http/unsupported-media-type',
  },
}

describe('hostile input', () => {
  it.each(Object.entries(cases))(
    '%s',
    async (_name, { method = 'POST', path = '/api/v1/notes', options, status, code, pointer }) => {
      const api = exampleApi()
      const response = await api.send(method, path, options)
      const problem = (await response.json()) as {
        code: string
        status: number
        errors?: { pointer: string }[]
      }
      expect([response.status, problem.status, problem.code]).toEqual([status, status, code])
      expect(response.headers.get('content-type')).toBe('application/problem+json')
      if (pointer !== undefined) expect(problem.errors?.map((error) => error.pointer)).toContain(pointer)
      expect(api.notes).toEqual([])
      expect(api.defects).toEqual([])
    },
  )

  it('never echoes what was sent', async () => {
    const api = exampleApi()
    for (const json of [
      { title: 5, password: 'hunter2' },
      { title: ['hunter2'] },
      { title: { hunter: 'hunter2' } },
    ]) {
      expect(await (await api.send('POST', '/api/v1/notes', { as: 'owner', json })).text()).not.toContain(
        'hunter2',
      )
    }
  })

  it('reads no further than the limit', async () => {
    let pulled = 0
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        pull(controller) {
          pulled++
          controller.enqueue(new Uint8Array(1000))
        },
      },
      { highWaterMark: 0 },
    )
    expect(
      (await exampleApi({ maxBodyBytes: 10_000 }).send('POST', '/echo', { body, headers: jsonType })).status,
    ).toBe(413)
    expect(pulled).toBe(11)
  })

  it('lists no more than 50 faults', async () => {
    const json = { title: 'x', tags: Array.from({ length: 10_000 }, () => 1) }
    const { errors } = (await (
      await exampleApi().send('POST', '/api/v1/notes', { as: 'owner', json })
    ).json()) as { errors: unknown[] }
    expect(errors).toHaveLength(50)
  })

  it('is lenient where nothing is at stake: JSON with a charset, +json, and {} where no body is taken', async () => {
    const api = exampleApi()
    for (const type of [
      'application/json; charset=UTF-8',
      'application/json;charset="utf-8"',
      'APPLICATION/JSON',
      'application/vnd.x+json',
    ]) {
      expect((await api.send('POST', '/echo', { body: '1', headers: { 'content-type': type } })).status).toBe(
        200,
      )
    }
    expect((await api.send('POST', '/limited', { json: {} })).status).toBe(202)
    expect((await api.send('POST', '/limited')).status).toBe(202)
  })
})

describe('whatever is sent', () => {
  const anyJson = fc.oneof(
    fc.jsonValue().map((value) => JSON.stringify(value)),
    fc.json(),
    fc.string({ unit: 'binary' }),
  )
  const anyBody = fc.oneof(
    anyJson.map((text) => text as string | Uint8Array<ArrayBuffer>),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => new Uint8Array(bytes)),
  )
  const headerValue = fc.string({
    unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
    maxLength: 60,
  })
  const headerName = fc.constantFrom(
    'if-match',
    'if-none-match',
    'idempotency-key',
    'x-request-id',
    'traceparent',
    'x-tenant-id',
    'x-forwarded-for',
    'content-encoding',
    'origin',
    'content-length',
    'host',
  )
  const target = fc.constantFrom(
    '/api/v1/notes',
    '/api/v1/notes/n1',
    '/echo',
    '/oauth/token',
    '/webhooks/x',
    '/limited',
    '/time',
    '/file',
  )

  it('the answer is no 5xx, and a problem document when it is a refusal', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('POST', 'PATCH', 'DELETE'),
        target,
        fc.string({ unit: 'binary', maxLength: 30 }),
        anyBody,
        fc.constantFrom('application/json', 'application/x-www-form-urlencoded', 'text/plain'),
        fc.dictionary(headerName, headerValue, { maxKeys: 3 }),
        fc.constantFrom('owner', 'strong', undefined),
        async (method, path, search, body, type, headers, as) => {
          const api = exampleApi()
          const url = `${path}${search === '' ? '' : `?${encodeURI(search.toWellFormed())}`}`
          const response = await api.send(method, url, {
            body,
            headers: { 'content-type': type, ...headers },
            ...(as && { as }),
          })
          expect(response.status).toBeLessThan(500)
          expect(api.defects).toEqual([])
          if (response.status >= 400) {
            expect(response.headers.get('content-type')).toBe('application/problem+json')
            expect(await response.json()).toMatchObject({
              status: response.status,
              type: expect.stringMatching(/^urn:corbel:problem:/),
            })
          }
        },
      ),
      { numRuns: 2000 },
    )
  }, 60_000)

  it('JSON comes back equal or is refused', async () => {
    const api = exampleApi()
    await fc.assert(
      fc.asyncProperty(anyJson, async (text) => {
        const response = await api.send('POST', '/echo', { body: text, headers: jsonType })
        if (response.status === 200) expect(await response.json()).toEqual(JSON.parse(text))
        else expect(response.status).toBe(400)
      }),
      { numRuns: 1000 },
    )
  })
})
