import { manualClock } from '@corbel/core/ports'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backends, openStorage, type OpenStorage, openTimeout } from '../storages.ts'
import { type TestApp, testApp } from './support.fixture.ts'

const databases = (await backends()).filter((backend) => backend !== 'memory')

describe.each(databases)('statements on %s', (backend) => {
  const clock = manualClock()
  let database: OpenStorage
  let app: TestApp

  beforeAll(async () => {
    database = await openStorage(backend, { clock })
    app = await testApp({ clock, storage: database.storage })
    await app.register('ada@example.com')
    await app.stack.auth.accessTokens.refreshRevocations()
  }, openTimeout)
  afterAll(() => database.close())

  async function statements<T>(work: () => Promise<T>): Promise<{ result: T; count: number }> {
    database.statements.reset()
    const result = await work()
    return { result, count: database.statements.count() }
  }
  it('of an authenticated read: one', async () => {
    const { accessToken } = (await app.signIn('ada@example.com')).body
    const first = await statements(() => app.me(accessToken))
    const second = await statements(() => app.me(accessToken))
    expect([first.result.status, first.count, second.count]).toEqual([200, 1, 1])
  })

  it('of signing in: two, and three when the hash has to be renewed', async () => {
    const plain = await statements(() => app.signIn('ada@example.com'))
    expect([plain.result.status, plain.count]).toEqual([200, 2])
    const stricter = await testApp({
      clock,
      storage: database.storage,
      vault: app.vault,
      hasher: (hasher) => ({ ...hasher, needsRehash: () => true }),
    })
    const renewed = await statements(() => stricter.signIn('ada@example.com'))
    expect([renewed.result.status, renewed.count]).toEqual([200, 3])
  })

  it('of signing in with a wrong password, or to no account: one', async () => {
    const wrong = await statements(() => app.signIn('ada@example.com', { password: 'a wrong password' }))
    const unknown = await statements(() => app.signIn('eve@example.com'))
    expect([wrong.count, unknown.count]).toEqual([1, 1])
  })

  it('of refreshing: one, also for a retry', async () => {
    const { refreshToken } = (await app.signIn('ada@example.com')).body
    const first = await statements(() => app.refresh(refreshToken))
    const retry = await statements(() => app.refresh(refreshToken))
    expect([first.result.status, first.count, retry.count]).toEqual([200, 1, 1])
  })

  it('of a forged access token: none', async () => {
    const { accessToken } = (await app.signIn('ada@example.com')).body
    // One character of the signature, not the last: that one must keep its spare bits at zero.
    const forged = accessToken.replace(/.(?=.{9}$)/, (char) => (char === 'A' ? 'B' : 'A'))
    const { result, count } = await statements(() => app.me(forged))
    expect([result.status, count]).toEqual([401, 0])
  })

  it('of listing sessions: one', async () => {
    const { accessToken } = (await app.signIn('ada@example.com')).body
    const list = () => app.call('GET', '/api/v1/auth/sessions', { token: accessToken })
    expect((await statements(list)).count).toBe(1)
  })
})
