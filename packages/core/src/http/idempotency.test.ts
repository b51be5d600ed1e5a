import { describe, expect, it } from 'vitest'
import { memoryIdempotencyStore } from '../ports/idempotency-store.memory.ts'
import { exampleApi, type ExampleApi, type SendOptions } from './example-api.fixture.ts'

const create = (api: ExampleApi, title: string, key: string, options: SendOptions = {}) =>
  api.send('POST', '/api/v1/notes', {
    as: 'owner',
    json: { title },
    headers: { 'idempotency-key': key },
    ...options,
  })
const code = async (response: Response): Promise<string> => ((await response.json()) as { code: string }).code

describe('Idempotency-Key', () => {
  it('replays the first answer', async () => {
    const api = exampleApi()
    const first = await create(api, 'a', 'k1')
    const second = await create(api, 'a', 'k1')
    expect([first.status, first.headers.has('idempotency-replayed')]).toEqual([201, false])
    expect([
      second.status,
      second.headers.get('idempotency-replayed'),
      second.headers.get('content-type'),
    ]).toEqual([201, 'true', 'application/json'])
    expect(await second.json()).toEqual(await first.json())
    expect(second.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'))
    expect(api.notes).toEqual(['a'])
  })

  it('runs a request once however many send it', async () => {
    const api = exampleApi()
    const answers = await Promise.all(Array.from({ length: 64 }, () => create(api, 'a', 'k1')))
    const statuses = answers.map(({ status }) => status)
    expect(api.notes).toEqual(['a'])
    expect(statuses.filter((status) => status === 201).length).toBeGreaterThan(0)
    expect(statuses.filter((status) => status !== 201 && status !== 409)).toEqual([])
  })

  it('answers 409 with Retry-After while the first is running', async () => {
    const clock = exampleApi().clock
    const store = memoryIdempotencyStore({ clock })
    const api = exampleApi({ idempotency: { ...store, begin: async () => ({ state: 'running' }) } })
    const response = await create(api, 'a', 'k1')
    expect([response.status, response.headers.get('retry-after'), await code(response)]).toEqual([
      409,
      '1',
      'http/idempotency-in-flight',
    ])
  })

  it('refuses a key that was used for something else', async () => {
    const api = exampleApi()
    await create(api, 'a', 'k1')
    const response = await create(api, 'b', 'k1')
    expect([response.status, await code(response)]).toEqual([422, 'http/idempotency-key-reused'])
    expect(api.notes).toEqual(['a'])
  })

  it('keeps callers and endpoints apart', async () => {
    const api = exampleApi()
    await create(api, 'a', 'k1')
    expect((await create(api, 'b', 'k1', { as: 'operator' })).status).toBe(201)
    expect(
      (await api.send('POST', '/echo', { json: { title: 'a' }, headers: { 'idempotency-key': 'k1' } }))
        .status,
    ).toBe(200)
  })

  it('keeps anonymous callers apart by address', async () => {
    const api = exampleApi({ limitOf: () => 0 })
    const echo = (value: number, remoteAddress: string) =>
      api.send('POST', '/echo', {
        json: value,
        headers: { 'idempotency-key': 'k1' },
        connection: { remoteAddress },
      })
    expect(await (await echo(1, '203.0.113.1')).json()).toBe(1)
    expect(await (await echo(2, '203.0.113.2')).json()).toBe(2)
    expect((await echo(3, '203.0.113.1')).status).toBe(422)
  })

  it('frees the key when the request changed nothing', async () => {
    const api = exampleApi()
    await create(api, 'taken', 'k0')
    expect((await create(api, 'taken', 'k1')).status).toBe(409)
    expect((await create(api, 'free', 'k1')).status).toBe(201)
    const crash = () =>
      api.send('POST', '/crash', { json: { how: 'x' }, headers: { 'idempotency-key': 'k2' } })
    expect([(await crash()).status, (await crash()).status]).toEqual([500, 500])
    expect(api.defects).toHaveLength(2)
  })

  it('forgets after 24 hours', async () => {
    const api = exampleApi()
    await create(api, 'a', 'k1')
    api.clock.advance('25h')
    expect((await create(api, 'b', 'k1')).status).toBe(201)
  })

  it('answers all the same when the answer cannot be kept, and reports it', async () => {
    const store = memoryIdempotencyStore()
    const api = exampleApi({
      idempotency: {
        ...store,
        begin: (request) => store.begin(request),
        complete: () => Promise.reject(new Error('store is down')),
      },
    })
    expect((await create(api, 'a', 'k1')).status).toBe(201)
    expect(api.defects).toEqual([new Error('store is down')])
  })

  it('does nothing when the store cannot be asked', async () => {
    const api = exampleApi({
      idempotency: { ...memoryIdempotencyStore(), begin: () => Promise.reject(new Error('store is down')) },
    })
    expect((await create(api, 'a', 'k1')).status).toBe(500)
    expect(api.notes).toEqual([])
  })

  it.each(['', ' ', 'a b', 'é', 'x'.repeat(256)])('refuses the key %j', async (key) => {
    const api = exampleApi()
    const response = await create(api, 'a', key)
    expect([response.status, await code(response)]).toEqual([400, 'http/idempotency-key-invalid'])
    expect(api.notes).toEqual([])
  })

  it('is ignored by endpoints that take no part', async () => {
    const api = exampleApi()
    const send = (grant: string) =>
      api.send('POST', '/oauth/token', {
        body: `grant_type=${grant}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded', 'idempotency-key': 'k1' },
      })
    expect([await (await send('a')).json(), await (await send('b')).json()]).toEqual([
      { grant: 'a' },
      { grant: 'b' },
    ])
  })
})
