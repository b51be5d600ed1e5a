import type { Session } from '@corbel/auth'
import { describe, expect, it } from 'vitest'
import { type TestApp, testApp } from './support.fixture.ts'

const signOut = (app: TestApp, refreshToken: string) =>
  app.call('POST', '/api/v1/auth/logout', { body: { refreshToken } })

const sessionsOf = (app: TestApp, token: string, query = '') =>
  app.call<{ data: Session[]; nextCursor: string | null }>('GET', `/api/v1/auth/sessions${query}`, { token })

describe('signing out', () => {
  it('refuses the access token at once and the refresh token for good', async () => {
    const app = await testApp()
    const tokens = await app.member()
    expect((await app.me(tokens.accessToken)).status).toBe(200)
    expect((await signOut(app, tokens.refreshToken)).status).toBe(204)
    const { status, headers, body } = await app.me(tokens.accessToken)
    expect([status, body.code]).toEqual([401, 'auth/session-ended'])
    expect(headers.get('www-authenticate')).toMatch(/^Bearer error="invalid_token", resource_metadata="/)
    expect((await app.refresh(tokens.refreshToken)).status).toBe(401)
  })

  it('works with a refresh token that has been replaced', async () => {
    const app = await testApp()
    const first = await app.member()
    const second = (await app.refresh(first.refreshToken)).body
    await signOut(app, first.refreshToken)
    expect((await app.me(second.accessToken)).status).toBe(401)
    expect((await app.refresh(second.refreshToken)).status).toBe(401)
  })

  it.each([
    ['unknown', `crt_${'A'.repeat(43)}`],
    ['of another form', 'x'],
  ])('answers the same for a token that is %s', async (_, refreshToken) => {
    expect((await signOut(await testApp(), refreshToken)).status).toBe(204)
  })

  it('everywhere ends the sessions of this user and of nobody else', async () => {
    const app = await testApp()
    const ada = [await app.member('ada@example.com'), (await app.signIn('ada@example.com')).body]
    const bob = await app.member('bob@example.com')
    const answer = await app.call('POST', '/api/v1/auth/logout/all', { token: ada[0]?.accessToken ?? '' })
    expect([answer.status, answer.body]).toEqual([200, { revoked: 2 }])
    for (const { accessToken, refreshToken } of ada) {
      expect((await app.me(accessToken)).status).toBe(401)
      expect((await app.refresh(refreshToken)).status).toBe(401)
    }
    expect((await app.me(bob.accessToken)).status).toBe(200)
  })

  it('in another instance is seen here after the poll', async () => {
    const here = await testApp()
    const { storage, vault, clock } = here
    const there = await testApp({ storage, vault, clock })
    const tokens = await here.member()
    expect((await here.me(tokens.accessToken)).status).toBe(200)
    await signOut(there, tokens.refreshToken)
    clock.advance('6s')
    expect((await here.me(tokens.accessToken)).body.code).toBe('auth/session-ended')
  })

  it('before a restart is known after it', async () => {
    const app = await testApp()
    const tokens = await app.member()
    await signOut(app, tokens.refreshToken)
    const { storage, vault, clock } = app
    const restarted = await testApp({ storage, vault, clock })
    expect((await restarted.me(tokens.accessToken)).status).toBe(401)
  })
})

describe('the list of sessions', () => {
  it('shows devices without addresses, newest first, and which one is asking', async () => {
    const app = await testApp()
    await app.register('ada@example.com')
    const from = (ip: string, userAgent: string) =>
      app.call<{ accessToken: string; sessionId: string }>('POST', '/api/v1/auth/token', {
        body: { email: 'ada@example.com', password: 'correct horse battery staple' },
        headers: { 'user-agent': userAgent },
        ip,
      })
    const phone = (await from('2001:db8:7:8::9', 'Phone/1')).body
    app.clock.advance('1s')
    const laptop = (await from('203.0.113.77', 'Laptop/1')).body
    const { body } = await sessionsOf(app, phone.accessToken)
    expect(
      body.data.map(({ id, current, ipPrefix, userAgent }) => ({ id, current, ipPrefix, userAgent })),
    ).toEqual([
      { id: laptop.sessionId, current: false, ipPrefix: '203.0.113.0/24', userAgent: 'Laptop/1' },
      { id: phone.sessionId, current: true, ipPrefix: '2001:db8:7::/48', userAgent: 'Phone/1' },
    ])
    const page = await sessionsOf(app, phone.accessToken, '?limit=1')
    const next = await sessionsOf(app, phone.accessToken, `?limit=1&cursor=${page.body.nextCursor}`)
    expect([page.body.data[0]?.id, next.body.data[0]?.id]).toEqual([laptop.sessionId, phone.sessionId])
    expect(next.body.nextCursor).toBeNull()
  })

  it('W-17: keeps no full address of anybody', async () => {
    const app = await testApp()
    await app.register('ada@example.com')
    const { body } = await app.call<{ accessToken: string }>('POST', '/api/v1/auth/token', {
      body: { email: 'ada@example.com', password: 'correct horse battery staple' },
      ip: '203.0.113.77',
    })
    const shown = JSON.stringify([(await sessionsOf(app, body.accessToken)).body, await app.events()])
    expect(shown).toContain('203.0.113.0/24')
    expect(shown).not.toContain('203.0.113.77')
  })

  it('lets its owner end one, once', async () => {
    const app = await testApp()
    const phone = await app.member()
    const laptop = (await app.signIn('ada@example.com')).body
    const end = () =>
      app.call('DELETE', `/api/v1/auth/sessions/${phone.sessionId}`, { token: laptop.accessToken })
    expect((await end()).status).toBe(204)
    expect((await end()).status).toBe(404)
    expect((await app.me(phone.accessToken)).status).toBe(401)
    expect((await sessionsOf(app, laptop.accessToken)).body.data.map(({ id }) => id)).toEqual([
      laptop.sessionId,
    ])
  })

  it('answers the same for a stranger’s session as for one that does not exist', async () => {
    const app = await testApp()
    const ada = await app.member('ada@example.com')
    const bob = await app.member('bob@example.com')
    const end = (id: string) =>
      app.call<object>('DELETE', `/api/v1/auth/sessions/${id}`, { token: bob.accessToken })
    const foreign = await end(ada.sessionId)
    const missing = await end(`ses_${'0'.repeat(26)}`)
    expect(foreign.status).toBe(404)
    expect({ ...foreign.body, requestId: '' }).toEqual({ ...missing.body, requestId: '' })
    expect((await app.me(ada.accessToken)).status).toBe(200)
  })
})
