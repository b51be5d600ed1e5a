import { race, winners } from '@corbel/core/ports'
import { describe, expect, it } from 'vitest'
import { testApp } from './support.fixture.ts'

describe('a refresh token', () => {
  it('is replaced by another one of the same session', async () => {
    const app = await testApp()
    const first = await app.member()
    const { status, headers, body } = await app.refresh(first.refreshToken)
    expect(status).toBe(200)
    expect(headers.get('cache-control')).toContain('no-store')
    expect(body).toMatchObject({
      tokenType: 'Bearer',
      sessionId: first.sessionId,
      tenantId: first.tenantId,
      expiresIn: 900,
    })
    expect(body.refreshToken).not.toBe(first.refreshToken)
    expect((await app.me(body.accessToken)).status).toBe(200)
  })

  it('gets the identical successor within 10 s, also from 64 callers at once', async () => {
    const app = await testApp()
    const { refreshToken } = await app.member()
    const answers = winners(await race(() => app.refresh(refreshToken)))
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 64 }, () => 200))
    expect(new Set(answers.map(({ body }) => body.refreshToken)).size).toBe(1)
    app.clock.advance('9999ms')
    const late = await app.refresh(refreshToken)
    expect(late.body.refreshToken).toBe(answers[0]?.body.refreshToken)
    expect((await app.refresh(late.body.refreshToken)).status).toBe(200)
  })

  it('W-05: ends its session when it is presented after the grace, access tokens included', async () => {
    const app = await testApp()
    const stolen = await app.member()
    const otherDevice = (await app.signIn('ada@example.com')).body
    const { body: live } = await app.refresh(stolen.refreshToken)
    app.clock.advance('10s')
    // The list of revocations is fresh now, so what follows is known from the reuse itself.
    expect((await app.me(live.accessToken)).status).toBe(200)

    const reuse = await app.refresh(stolen.refreshToken)
    const unknown = await app.refresh(`crt_${'A'.repeat(43)}`)
    expect(reuse.status).toBe(401)
    expect({ ...(reuse.body as object), requestId: '' }).toEqual({
      ...(unknown.body as object),
      requestId: '',
    })
    expect([...reuse.headers.keys()]).toEqual([...unknown.headers.keys()])

    expect((await app.refresh(live.refreshToken)).status).toBe(401)
    expect((await app.me(live.accessToken)).body.code).toBe('auth/session-ended')
    expect((await app.me(stolen.accessToken)).body.code).toBe('auth/session-ended')
    expect((await app.me(otherDevice.accessToken)).status).toBe(200)
    expect((await app.refresh(otherDevice.refreshToken)).status).toBe(200)
  })

  it('W-05: is told to the handlers of events when it was reused', async () => {
    const app = await testApp()
    const { refreshToken } = await app.member()
    await app.refresh(refreshToken)
    app.clock.advance('11s')
    await Promise.all([app.refresh(refreshToken), app.refresh(refreshToken)])
    const events = await app.events()
    expect(events.filter(({ type }) => type === 'auth.session.reuse_detected')).toHaveLength(1)
  })

  it('W-05: never survives a thief and its owner taking turns', async () => {
    const app = await testApp()
    let owner = (await app.member()).refreshToken
    const thief = owner
    owner = (await app.refresh(owner)).body.refreshToken
    app.clock.advance('1m')
    owner = (await app.refresh(owner)).body.refreshToken
    expect((await app.refresh(thief)).status).toBe(401)
    expect((await app.refresh(owner)).status).toBe(401)
  })

  it('ends the sessions of 64 late callers once', async () => {
    const app = await testApp()
    const { refreshToken } = await app.member()
    await app.refresh(refreshToken)
    app.clock.advance('11s')
    const answers = winners(await race(() => app.refresh(refreshToken)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]))
    expect((await app.events()).filter(({ type }) => type === 'auth.session.reuse_detected')).toHaveLength(1)
  })

  it('ends when it is not used', async () => {
    const app = await testApp({ settings: { AUTH_REFRESH_TOKEN_TTL_MINUTES: '60' } })
    const { refreshToken, refreshExpiresIn } = await app.member()
    expect(refreshExpiresIn).toBe(3600)
    app.clock.advance('60m')
    expect((await app.refresh(refreshToken)).status).toBe(401)
  })

  it.each([
    '',
    'x',
    'crt_',
    `crt_${'A'.repeat(42)}`,
    `crt_${'A'.repeat(44)}`,
    `cev_${'A'.repeat(43)}`,
    'A'.repeat(200),
  ])('is not "%s"', async (refreshToken) => {
    const { status } = await (await testApp()).refresh(refreshToken)
    expect(status).toBe(refreshToken === '' ? 400 : 401)
  })
})
