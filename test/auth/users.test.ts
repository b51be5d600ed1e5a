import { type UserPrincipal } from '@corbel/core'
import { auditEventOf } from '@corbel/core/ports'
import { describe, expect, it } from 'vitest'
import { enrolled } from './mfa.fixture.ts'
import { password, type TestApp, testApp } from './support.fixture.ts'

const users = '/api/v1/users'
const platform = '/api/v1/platform/users'

interface Problem {
  readonly code?: string
}

/** Adds an owner to the tenant, so that the first one may leave. */
async function withOtherOwner(app: TestApp, tenantId: string): Promise<void> {
  const { body } = await app.register('other@example.com')
  await app.storage.repositories.tenant.memberships.insert({
    tenantId: tenantId as `ten_${string}`,
    userId: body.user.id as `usr_${string}`,
    role: 'owner',
    createdAt: new Date().toISOString(),
  })
}

/** An operator, signed in with two factors. */
async function operator(app: TestApp) {
  const email = 'root@example.com'
  await app.stack.auth.users.createOperator({ email, password })
  const { body } = await app.signIn(email)
  return (await enrolled(app, body)).tokens
}

describe('an account', () => {
  it('shows and changes its profile, and nothing else', async () => {
    const app = await testApp()
    const { accessToken: token } = await app.member()
    const change = { displayName: 'Ada', timezone: 'Europe/Prague', locale: 'cs-CZ' }
    const changed = await app.call('PATCH', `${users}/me/profile`, { token, body: change })
    expect([changed.status, changed.body]).toMatchObject([200, { ...change, givenName: null }])
    expect((await app.call('GET', `${users}/me`, { token })).body).toEqual(changed.body)
    for (const body of [{ timezone: 'Nowhere' }, { avatarUrl: 'http://x.test/' }, { operator: true }])
      expect((await app.call('PATCH', `${users}/me/profile`, { token, body })).status).toBe(400)
  })

  it('of the last owner can be neither disabled nor erased', async () => {
    const app = await testApp()
    const { accessToken: token } = await app.member()
    for (const [method, path] of [
      ['POST', '/me/disable'],
      ['DELETE', '/me'],
    ] as const) {
      const { status, body } = await app.call<Problem>(method, users + path, { token })
      expect([status, body.code]).toEqual([409, 'tenant/last-owner'])
    }
    expect((await app.me(token)).status).toBe(200)
  })

  it('that is disabled ends its sessions at once and lets nobody in', async () => {
    const app = await testApp()
    const { accessToken: token, refreshToken, tenantId } = await app.member()
    await withOtherOwner(app, tenantId)
    expect((await app.call('POST', `${users}/me/disable`, { token })).status).toBe(204)
    expect((await app.me(token)).status).toBe(401)
    expect((await app.refresh(refreshToken)).status).toBe(401)
    const { status, body } = (await app.signIn('ada@example.com')) as { status: number; body: Problem }
    expect([status, body.code]).toEqual([403, 'auth/account-disabled'])
    const wrong = await app.signIn('ada@example.com', { password: 'not the password at all' })
    expect(wrong.status).toBe(401)
  })

  it('is exported with what every module keeps, and without a secret', async () => {
    const app = await testApp()
    const { accessToken: token, tenantId } = await app.member()
    const { status, body } = await app.call('GET', `${users}/me/export`, { token })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      data: { auth: { user: { email: 'ada@example.com' } }, tenant: { memberships: [{ tenantId }] } },
    })
    expect(JSON.stringify(body)).not.toMatch(/argon2|digest|passwordHash|secret/i)
  })

  it('is erased in every module, and its address is free', async () => {
    const app = await testApp()
    const { accessToken: token, tenantId, sessionId } = await app.member()
    await withOtherOwner(app, tenantId)
    const { userId } = (await app.me(token)).body as { userId?: string }
    expect((await app.call('DELETE', `${users}/me`, { token })).status).toBe(204)
    expect((await app.me(token)).status).toBe(401)
    await app.events()
    const { auditLog, sessions } = app.storage.repositories.auth
    const chains = await Promise.all(
      [tenantId as `ten_${string}`, null].map((id) => auditLog.read(id, 0, 100)),
    )
    const rows = chains.flat().map(auditEventOf)
    for (const row of rows.filter(({ actorId, subjectId }) => [actorId, subjectId].includes(userId ?? '')))
      expect([row.type, row.client]).toEqual([row.type, null])
    expect(rows.map(({ type }) => type)).toContain('auth.user.erased')
    expect(await sessions.isLive(tenantId as `ten_${string}`, sessionId, app.clock.now())).toBe(false)
    expect((await app.signIn('ada@example.com')).status).toBe(401)
    expect(JSON.stringify(await app.stack.auth.managedUsers.list({ limit: 50 }))).not.toContain('ada@')
    await app.register('ada@example.com')
    expect((await app.signIn('ada@example.com')).status).toBe(200)
  })
})

describe('a change of address', () => {
  const ask = (app: TestApp, token: string, email: string) =>
    app.call('PATCH', `${users}/me/email`, { token, body: { email } })
  const mailTo = (app: TestApp, to: string) => app.mailer.sent.filter((mail) => mail.to === to)
  const confirm = (app: TestApp, token: string) =>
    app.call('POST', '/api/v1/auth/email/verify', { body: { token } })

  it('counts once the new address is proved; the old one is told, and every session ends', async () => {
    const app = await testApp()
    const { accessToken: token } = await app.member()
    await app.events()
    expect((await ask(app, token, 'new@example.com')).status).toBe(202)
    await app.events()
    expect((await app.signIn('new@example.com')).status).toBe(401)
    expect(mailTo(app, 'ada@example.com')).toHaveLength(2)
    const code = mailTo(app, 'new@example.com')[0]?.code ?? ''
    const answers = await Promise.all(Array.from({ length: 64 }, () => confirm(app, code)))
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1)
    expect((await app.me(token)).status).toBe(401)
    expect((await app.signIn('ada@example.com')).status).toBe(401)
    expect((await app.signIn('new@example.com')).status).toBe(200)
    await app.events()
    expect(mailTo(app, 'ada@example.com')).toHaveLength(3)
  })

  it('does not tell who has the address', async () => {
    const app = await testApp()
    await app.register('taken@example.com')
    const { accessToken: token } = await app.member()
    await app.events()
    const taken = await ask(app, token, 'taken@example.com')
    await app.events()
    const answers = [taken, await ask(app, token, 'free@example.com')]
    expect(answers.map(({ status, body }) => [status, body])).toEqual([
      [202, undefined],
      [202, undefined],
    ])
    await app.events()
    expect(mailTo(app, 'taken@example.com').at(-1)?.code).toBe(undefined)
  })

  it('needs a recent authentication', async () => {
    const app = await testApp()
    const { accessToken: token } = await app.member()
    app.clock.advance('14m')
    expect((await ask(app, token, 'new@example.com')).status).toBe(202)
    app.clock.advance('2m')
    expect((await ask(app, token, 'new@example.com')).status).toBe(401)
  })
})

describe('notification preferences', () => {
  const path = `${users}/notification-preferences`
  const from = (agent: string) => ({ headers: { 'user-agent': agent } })
  const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
  const safari =
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605 (KHTML, like Gecko) Version/18.0 Safari/605'
  const signIn = (app: TestApp, agent: string) =>
    app.call<{ accessToken: string }>('POST', '/api/v1/auth/token', {
      ...from(agent),
      body: { email: 'ada@example.com', password },
    })
  const notices = async (app: TestApp) => {
    await app.events()
    return app.mailer.sent.filter(({ subject }) => subject.includes('new device'))
  }

  it('cannot switch off the notice of a new device, which comes once for each', async () => {
    const app = await testApp()
    await app.register('ada@example.com')
    await signIn(app, firefox)
    expect(await notices(app)).toEqual([])
    await signIn(app, firefox.replaceAll('140', '141'))
    expect(await notices(app)).toEqual([])
    app.clock.advance('1s')
    const { accessToken: token } = (await signIn(app, safari)).body
    expect((await notices(app)).map(({ text }) => text)).toEqual([expect.stringContaining('Safari on macOS')])
    for (const [category, status] of [
      ['security', 409],
      ['tenant', 200],
    ] as const) {
      const body = { channel: 'email', category, enabled: false }
      expect((await app.call('PUT', path, { token, body })).status).toBe(status)
    }
    app.clock.advance('1s')
    await signIn(app, 'curl/8.1')
    expect(await notices(app)).toHaveLength(2)
  })

  it('cannot switch off mails about security', async () => {
    const app = await testApp()
    const { accessToken: token } = await app.member()
    const body = { channel: 'email', category: 'security', enabled: false }
    const { status, body: problem } = await app.call<Problem>('PUT', path, { token, body })
    expect([status, problem.code]).toEqual([409, 'auth/notification-required'])
  })
})

describe('operators', () => {
  it('find, disable, enable and unlock users; nobody else does', async () => {
    const app = await testApp()
    const ada = await app.member()
    const { accessToken: token } = await operator(app)
    const found = await app.call<{ data: { id: string; email: string }[] }>(
      'GET',
      `${platform}?q=ada@&status=active&operator=false&tenantId=${ada.tenantId}`,
      { token },
    )
    expect(found.body.data.map(({ email }) => email)).toEqual(['ada@example.com'])
    const path = `${platform}/${found.body.data[0]?.id}`
    const body = { reason: 'a test of it' }
    expect((await app.call('POST', `${path}/disable`, { token: ada.accessToken, body })).status).toBe(403)
    expect((await app.call('POST', `${path}/disable`, { token, body })).status).toBe(204)
    expect((await app.me(ada.accessToken)).status).toBe(401)
    expect((await app.signIn('ada@example.com')).status).toBe(403)
    expect((await app.call('POST', `${path}/enable`, { token, body })).status).toBe(204)
    for (let i = 0; i < 5; i++) await app.signIn('ada@example.com', { password: 'wrong wrong wrong' })
    const stranger = { ip: '198.51.100.1', body: { email: 'ada@example.com', password } }
    expect((await app.call('POST', '/api/v1/auth/token', stranger)).status).toBe(429)
    expect((await app.call('POST', `${path}/unlock`, { token, body })).status).toBe(204)
    expect((await app.call('POST', '/api/v1/auth/token', stranger)).status).toBe(200)
    expect(
      (await app.call('POST', `${platform}/usr_01jd3k9v7m2q8x4r5t6w0y1zab/unlock`, { token, body })).status,
    ).toBe(404)
  })

  it('act in the name of a user, named in the token and the trail, and never about how that user gets in', async () => {
    const app = await testApp()
    const ada = await app.member()
    const { userId } = (await app.me(ada.accessToken)).body as { userId?: string }
    const root = await operator(app)
    const { userId: operatorId } = (await app.me(root.accessToken)).body as { userId?: string }
    const body = { reason: 'ticket 42' }
    const path = `${platform}/${userId}/impersonate`
    const { status, body: issued } = await app.call<{ accessToken: string; sessionId: string }>(
      'POST',
      path,
      {
        token: root.accessToken,
        body,
      },
    )
    expect(status).toBe(200)
    expect(issued).not.toHaveProperty('refreshToken')
    const { accessToken: token } = issued
    const claims = JSON.parse(atob(token.split('.')[1] ?? '')) as { act?: unknown }
    expect(claims.act).toEqual({ sub: operatorId })
    expect((await app.call('GET', `${users}/me`, { token })).body).toMatchObject({
      id: userId,
      impersonatedBy: operatorId,
    })
    expect((await app.me(token)).body).toMatchObject({ impersonatedBy: operatorId })
    expect(
      (await app.call('PATCH', '/api/v1/tenants/account', { token, body: { name: 'New' } })).status,
    ).toBe(200)
    const { auditLog } = app.storage.repositories.auth
    const rows = (await auditLog.read(ada.tenantId, 0, 100)).map(auditEventOf)
    expect(rows.at(-1)).toMatchObject({ actorId: userId, impersonatorId: operatorId })
    expect(rows.find(({ type }) => type === 'auth.user.impersonated')).toMatchObject({
      actorId: operatorId,
      subjectId: userId,
      data: { reason: 'ticket 42' },
    })
    const closed = app.stack.operations.filter(
      ({ endpoint: { access } }) =>
        (access.kind === 'user' && (access.assurance !== undefined || access.inPerson === true)) ||
        access.kind === 'operator',
    )
    expect(closed.length).toBeGreaterThan(20)
    for (const { endpoint, path: template } of closed) {
      const answer = await app.call<Problem>(endpoint.method, template.replaceAll(/\{\w+\}/g, 'x'), {
        token,
        ...(endpoint.method !== 'GET' && { body: {} }),
      })
      expect([template, answer.status]).toEqual([template, 403])
    }
    const seen = await app.call<{ data: { id: string; impersonated: boolean }[] }>(
      'GET',
      '/api/v1/auth/sessions',
      { token: ada.accessToken },
    )
    expect(seen.body.data.find(({ id }) => id === issued.sessionId)).toMatchObject({ impersonated: true })
    app.clock.advance('16m')
    expect((await app.me(token)).status).toBe(401)
    expect((await app.call('POST', path, { token: root.accessToken, body })).status).toBe(401)
  })
})

describe('sessions', () => {
  it('are ended one by one, all but this one, or all', async () => {
    const app = await testApp()
    const first = await app.member()
    const second = (await app.signIn('ada@example.com')).body
    const { accessToken: token } = (await app.signIn('ada@example.com')).body
    const { body } = await app.call('POST', '/api/v1/auth/logout/others', { token })
    expect(body).toEqual({ revoked: 2 })
    expect((await app.me(first.accessToken)).status).toBe(401)
    expect((await app.me(second.accessToken)).status).toBe(401)
    expect((await app.me(token)).status).toBe(200)
  })

  it('that end in a transaction which fails go on, in this process too', async () => {
    const app = await testApp()
    const { accessToken: token } = await app.member()
    const principal = (await app.stack.auth.accessTokens.authenticate(token)) as UserPrincipal
    const failed = app.stack.transaction(async (tx) => {
      await tx.auth.sessions.signOutAll(principal.userId)
      throw new Error('on purpose')
    })
    await expect(failed).rejects.toThrow('on purpose')
    expect((await app.me(token)).status).toBe(200)
    await app.stack.transaction((tx) => tx.auth.sessions.signOutAll(principal.userId))
    expect((await app.me(token)).status).toBe(401)
  })

  it('that end in another process are refused at once where the setting is 0', async () => {
    const settings = { AUTH_REVOCATION_POLL_SECONDS: '0' }
    const app = await testApp({ settings })
    const other = await testApp({ storage: app.storage, clock: app.clock, vault: app.vault, settings })
    const { accessToken: token, refreshToken } = await app.member()
    expect((await other.me(token)).status).toBe(200)
    await app.call('POST', '/api/v1/auth/logout', { body: { refreshToken } })
    expect((await other.me(token)).status).toBe(401)
  })
})
