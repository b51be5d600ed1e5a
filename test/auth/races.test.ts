import { manualClock, race, winners } from '@corbel/core/ports'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { backends, openStorage, type OpenStorage, openTimeout } from '../storages.ts'
import { type TestApp, testApp } from './support.fixture.ts'

describe.each(await backends())('64 callers at once on %s', (backend) => {
  const clock = manualClock()
  let opened: OpenStorage
  let app: TestApp

  beforeAll(async () => {
    opened = await openStorage(backend, { clock })
  }, openTimeout)
  beforeEach(async () => {
    await opened.clear()
    app = await testApp({ clock, storage: opened.storage })
  })
  afterAll(() => opened.close())

  const typesOf = async (): Promise<string[]> => (await app.events()).map(({ type }) => type)
  const count = async (type: string): Promise<number> =>
    (await typesOf()).filter((found) => found === type).length

  it('get one successor for one refresh token, and it works', async () => {
    const { refreshToken } = await app.member()
    const answers = winners(await race(() => app.refresh(refreshToken)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    const [successor = '', ...others] = new Set(answers.map(({ body }) => body.refreshToken))
    expect(others).toEqual([])
    expect((await app.refresh(successor)).status).toBe(200)
  })

  it('end a session once by a token that was replaced long ago', async () => {
    const { refreshToken } = await app.member()
    const { body: live } = await app.refresh(refreshToken)
    clock.advance('10s')
    const answers = winners(await race(() => app.refresh(refreshToken)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]))
    expect(await count('auth.session.reuse_detected')).toBe(1)
    expect((await app.refresh(live.refreshToken)).status).toBe(401)
    expect((await app.me(live.accessToken)).status).toBe(401)
  })

  it('leave no token alive when they refresh while their session is ended', async () => {
    const { refreshToken, accessToken } = await app.member()
    const answers = winners(
      await race(async (racer) =>
        racer === 32
          ? app.call('POST', '/api/v1/auth/logout/all', { token: accessToken })
          : app.refresh(refreshToken),
      ),
    )
    expect(new Set(answers.map(({ status }) => status)).size).toBeLessThanOrEqual(2)
    for (const { body } of answers as { body: { refreshToken?: string; accessToken?: string } }[]) {
      if (body.refreshToken === undefined || body.accessToken === undefined) continue
      expect((await app.me(body.accessToken)).status).toBe(401)
      expect((await app.refresh(body.refreshToken)).status).toBe(401)
    }
    expect((await app.refresh(refreshToken)).status).toBe(401)
  })

  it('make one account and one tenant of one address', async () => {
    const answers = winners(await race(() => app.register('ada@example.com')))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]))
    expect(await count('auth.user.registered')).toBe(1)
    expect(await count('tenant.account.created')).toBe(1)
    expect(await count('auth.registration.repeated')).toBe(63)
    const { body } = await app.signIn('ada@example.com')
    expect(answers.filter((answer) => answer.body.tenant.id === body.tenantId)).toHaveLength(1)
  })
})
