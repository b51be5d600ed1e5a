import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { anyone, user } from '../contract/access.ts'
import { defineContract, type Endpoint } from '../contract/contract.ts'
import { empty } from '../contract/media.ts'
import { exampleApi } from './example-api.fixture.ts'
import { implement, type Route } from './implement.ts'

const route = (tag: string, endpoint: Partial<Endpoint>): readonly Route[] => {
  const full: Endpoint = {
    method: 'GET',
    path: '/x',
    access: anyone,
    summary: tag,
    success: empty(),
    ...endpoint,
  }
  return implement(defineContract(tag, '', { do: full }), { do: async () => {} })
}
const id = z.object({ id: z.string() })
const name = z.object({ name: z.string() })

describe('routes at boot', () => {
  it('refuses two that answer the same requests, naming both', () => {
    const routes = [
      ...route('one', { path: '/x/{id}', params: id }),
      ...route('two', { path: '/x/{name}', params: name }),
    ]
    expect(() => exampleApi({ routes })).toThrow(
      'two.do (GET /x/{name}) and one.do (GET /x/{id}) answer the same requests',
    )
  })

  it('refuses two of one name, which documents could not tell apart', () => {
    const routes = [...route('one', {}), ...route('one', { path: '/y' })]
    expect(() => exampleApi({ routes })).toThrow('one.do (GET /y) and one.do (GET /x) have the same name')
  })

  it('takes another method and a literal beside a placeholder', async () => {
    const routes = [
      ...route('one', { path: '/x/{id}', params: id }),
      ...route('two', { path: '/x/{name}', params: name, method: 'DELETE' }),
      ...route('three', { path: '/x/search' }),
    ]
    const seen: unknown[] = []
    const api = exampleApi({ routes, onResponse: ({ route: found }) => seen.push(found?.tag) })
    await api.send('GET', '/x/1')
    await api.send('DELETE', '/x/1')
    await api.send('GET', '/x/search')
    expect(seen).toEqual(['one', 'two', 'three'])
  })

  it.each([
    ['params that are not in the path', { params: id }, 'declares the params "id"'],
    ['a path with undeclared params', { path: '/x/{id}' as const }, 'has the placeholders "id"'],
    [
      'a user where nobody signs in',
      { rateLimit: { name: 'x', by: 'user', limit: 1, window: '1m' } as const },
      'nobody is signed in',
    ],
  ])('refuses %s', (_name, endpoint, message) => {
    expect(() => exampleApi({ routes: route('one', endpoint) })).toThrow(message)
  })

  it('refuses an endpoint for users when nothing authenticates', () => {
    expect(() => exampleApi({ routes: route('one', { access: user() }), authenticate: undefined })).toThrow(
      'no module of the stack authenticates',
    )
  })
})
