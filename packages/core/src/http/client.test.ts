import { describe, expect, expectTypeOf, it } from 'vitest'
import { exampleApi, miscContract, notesContract } from './example-api.fixture.ts'
import { createClient } from './client.ts'
import type { ServerSentEvent } from '../contract/media.ts'
import type { ProblemError } from './problem-error.ts'

function connect(as = 'owner') {
  const api = exampleApi()
  const seen: Request[] = []
  const client = createClient(
    { note: notesContract, misc: miscContract },
    {
      baseUrl: 'https://api.example.com',
      token: () => as,
      fetch: (request) => {
        seen.push(request)
        return api.fetch(request, { remoteAddress: '203.0.113.9' })
      },
    },
  )
  return { api, client, seen }
}

const failure = (call: Promise<unknown>): Promise<ProblemError> =>
  call.then(
    () => Promise.reject(new Error('did not fail')),
    (error: ProblemError) => error,
  )

describe('createClient', () => {
  it('calls endpoints with params, query and body', async () => {
    const { client, seen } = connect()
    for (const title of ['a', 'b', 'c']) await client.note.create({ body: { title } })
    expect(await client.note.get({ params: { id: 'n1' } })).toEqual({ id: 'n1', title: 'b', version: 7 })
    const first = await client.note.list({ query: { limit: 2 } })
    expect(first.data.map(({ title }) => title)).toEqual(['a', 'b'])
    const second = await client.note.list({ query: { cursor: first.nextCursor ?? '' } })
    expect(second).toEqual({ data: [{ id: 'n2', title: 'c', version: 1 }], nextCursor: null })
    expect(seen.at(-1)?.headers.get('authorization')).toBe('Bearer owner')
  })

  it('throws problem documents as ProblemError', async () => {
    const { client } = connect('viewer')
    expect(await failure(client.note.create({ body: { title: 'x' } }))).toMatchObject({
      name: 'ProblemError',
      status: 403,
      code: 'http/missing-scope',
      requestId: expect.stringMatching(/^req_/),
    })
    expect(await failure(client.note.list({ query: { limit: 0 } }))).toMatchObject({
      status: 400,
      errors: [{ part: 'query', pointer: '/limit', message: 'must be at least 1' }],
    })
    await client.misc.limited()
    await client.misc.limited()
    expect(await failure(client.misc.limited())).toMatchObject({ status: 429, retryAfter: 30 })
  })

  it('copes with answers of something else in between', async () => {
    const client = createClient(
      { misc: miscContract },
      {
        baseUrl: 'https://api.example.com',
        fetch: async () =>
          new Response('<h1>Bad gateway</h1>', { status: 502, headers: { 'content-type': 'text/html' } }),
      },
    )
    expect(await failure(client.misc.secret())).toMatchObject({
      status: 502,
      code: 'unknown',
      message: 'The server answered 502.',
    })
  })

  it('decodes codecs, sends forms and bytes, reads content and redirects', async () => {
    const { client, seen } = connect()
    expect((await client.misc.secret()).at).toEqual(new Date('2026-01-01T00:00:00Z'))
    expect(await client.misc.token({ body: { grant_type: 'a b&c' } })).toEqual({ grant: 'a b&c' })
    expect(await client.misc.hook({ body: '{"a": 1}' })).toEqual({ bytes: 8, text: '{"a": 1}' })
    const file = await client.misc.file({ query: { name: 'x' } })
    expect([file.contentType, await file.response.text()]).toEqual(['text/plain; charset=utf-8', 'content'])
    expect((await client.misc.go()).href).toBe('https://app.example.com/a?b=c')
    expect(seen.map(({ headers }) => headers.has('authorization'))).toEqual([
      false,
      false,
      false,
      false,
      false,
    ])
  })

  it('sends If-Match and Idempotency-Key', async () => {
    const { client, api } = connect()
    const once = { body: { title: 'once' }, idempotencyKey: 'key-1' }
    expect(await client.note.create(once)).toEqual(await client.note.create(once))
    expect(api.notes).toEqual(['once'])
    expect(
      await client.note.update({ params: { id: 'n0' }, body: { title: 'x' }, ifMatch: 7 }),
    ).toMatchObject({ version: 8 })
    expect(
      await failure(client.note.update({ params: { id: 'n0' }, body: { title: 'x' }, ifMatch: 6 })),
    ).toMatchObject({ status: 412 })
  })

  it('iterates events and tells where to resume', async () => {
    const { client, api } = connect()
    api.events = async function* () {
      yield { id: 'e1', data: { title: 'line\nbreak' } }
      yield { id: 'e2', event: 'renamed', data: { title: '☃' } }
      throw new Error('secret reason')
    }
    const stream = await client.note.stream({ lastEventId: 'e0' })
    expect(stream.lastEventId).toBe('e0')
    const seen: ServerSentEvent<{ title: string }>[] = []
    const error = await failure(
      (async () => {
        for await (const event of stream) seen.push(event)
      })(),
    )
    expect(seen).toEqual([
      { id: 'e1', data: { title: 'line\nbreak' } },
      { id: 'e2', event: 'renamed', data: { title: '☃' } },
    ])
    expect(error).toMatchObject({ name: 'ProblemError', code: 'internal', status: 500 })
    expect(error.message).not.toContain('secret reason')
    expect(stream.lastEventId).toBe('e2')
  })

  it('is typed by the contracts', () => {
    const { client } = connect()
    expectTypeOf(client.misc.secret).returns.resolves.toEqualTypeOf<{ at: Date }>()
    expectTypeOf(client.note.remove).returns.resolves.toEqualTypeOf<void>()
    // @ts-expect-error the params are needed
    void (() => client.note.get())
    // @ts-expect-error If-Match is needed for a versioned write
    void (() => client.note.update({ params: { id: 'x' }, body: { title: 'x' } }))
    // @ts-expect-error no such field
    void (() => client.note.create({ body: { title: 'x', colour: 'red' } }))
    // @ts-expect-error a GET takes no Idempotency-Key
    void (() => client.note.list({ idempotencyKey: 'x' }))
    // @ts-expect-error no such endpoint
    void (() => client.note.destroy())
  })
})
