import type { SignInChallenge, Tokens } from '@corbel/auth'
import { race, winners } from '@corbel/core/ports'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { enrolled } from './mfa.fixture.ts'
import {
  openIdProvider,
  type OpenIdProvider,
} from '../../examples/reference-host/src/tour/openid-provider.ts'
import {
  connect,
  type Failure,
  finish,
  type Made,
  proveDomain,
  ssoApp,
  type SsoApp,
  start,
} from './sso.fixture.ts'
import { type Answer, password, publicUrl } from './support.fixture.ts'

let op: OpenIdProvider
beforeAll(async () => {
  op = await openIdProvider(publicUrl)
})
afterAll(() => op.close())
beforeEach(() => op.accounts.clear())

interface World extends SsoApp {
  readonly owner: Tokens
  readonly connection: Made
  signIn(login: string, body?: object): Promise<Answer<Tokens & Failure>>
}

/** An owner whose tenant is connected to the provider, and has proved acme.test. */
async function world(change: Readonly<Record<string, unknown>> = {}, settings = {}): Promise<World> {
  const sso = await ssoApp(op.issuer, { settings })
  const { app } = sso
  const owner = await app.member('owner@acme.test')
  await proveDomain(sso, owner, 'acme.test')
  const { status, body } = await connect(app, owner, {
    issuer: op.issuer,
    clientSecret: op.clientSecret,
    domains: ['acme.test', 'other.test'],
    provisioning: 'domain_allowlist',
    ...change,
  })
  expect(status, JSON.stringify(body)).toBe(201)
  const signIn = async (login: string, more: object = {}) => {
    const { body: started } = await start(app, body.id, more)
    return finish(app, body.id, started, await op.authorize(started.url, login))
  }
  return { ...sso, owner, connection: body, signIn }
}

const verified = (email: string, more: object = {}) => ({ email, email_verified: true, ...more })

async function verifyEmail({ app }: SsoApp, email: string): Promise<void> {
  await app.events()
  const mail = app.mailer.sent.findLast(({ to, text }) => to === email && /cev_/.test(text))
  const token = /cev_[\w-]{43}/.exec(mail?.text ?? '')?.[0]
  const { status } = await app.call('POST', '/api/v1/auth/email/verify', { body: { token } })
  expect(status).toBeLessThan(300)
}

describe('signing in with a provider', () => {
  it('gives somebody of a proved domain an account, once, and the same account ever after', async () => {
    const { app, owner, signIn } = await world({ role: 'viewer' })
    op.accounts.set('ada', verified('Ada@Acme.test', { name: 'Ada' }))
    const first = await signIn('ada')
    expect(first.status, JSON.stringify(first.body)).toBe(200)
    const me = (await app.me(first.body.accessToken)).body as unknown as Record<string, unknown>
    const ownerIs = (await app.me(owner.accessToken)).body as unknown as Record<string, unknown>
    expect(me).toMatchObject({
      email: 'ada@acme.test',
      emailVerified: true,
      displayName: 'Ada',
      role: 'viewer',
      amr: ['fed'],
      aal: 1,
      tenantId: ownerIs['tenantId'],
    })
    op.accounts.set('ada', verified('renamed@acme.test'))
    const again = await signIn('ada')
    expect((await app.me(again.body.accessToken)).body).toMatchObject({
      userId: me['userId'],
      email: 'ada@acme.test',
    })
    const types = (await app.events()).map(({ type }) => type)
    expect(types.filter((type) => type === 'auth.user.provisioned')).toHaveLength(1)
    expect(types.filter((type) => type === 'auth.identity.linked')).toHaveLength(1)
    expect(types.filter((type) => type === 'tenant.member.added')).toHaveLength(1)
    expect(
      app.mailer.sent.some(({ to, text }) => to === 'ada@acme.test' && text.includes('identity provider')),
    ).toBe(true)
  })

  it('sends PKCE, state and nonce, and a redirect address of its own; nobody chooses another', async () => {
    const { app, connection } = await world()
    const { body } = await start(app, connection.id, { loginHint: 'Ada@acme.test' })
    const parameters = Object.fromEntries(new URL(body.url).searchParams)
    expect(parameters).toMatchObject({
      response_type: 'code',
      scope: 'openid email profile',
      code_challenge_method: 'S256',
      redirect_uri: `https://app.example.com/sso/callback/${connection.id}`,
      state: body.state,
      login_hint: 'ada@acme.test',
    })
    expect(parameters['nonce']).toMatch(/^[\w-]{43}$/)
    expect(parameters['code_challenge']).toMatch(/^[\w-]{43}$/)
    expect(body.url).not.toContain(body.browserSecret)
    for (const target of ['redirectUri', 'redirect_uri', 'returnTo', 'next', 'callbackURL']) {
      const { status } = await start(app, connection.id, { [target]: 'https://evil.test' })
      expect(status).toBe(400)
    }
  })

  it('of 64 callers with one answer one is signed in', async () => {
    const { app, connection } = await world({}, { SSO_CALLBACK_RATE_LIMIT_PER_MINUTE: '0' })
    op.accounts.set('ada', verified('ada@acme.test'))
    const { body } = await start(app, connection.id)
    const parameters = await op.authorize(body.url, 'ada')
    const answers = winners(await race(() => finish(app, connection.id, body, parameters)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ body: { code } }) => code === 'auth/invalid-sso-state')).toHaveLength(63)
  })

  it('of many first sign-ins at once one makes the account, and all get it', async () => {
    const { app, connection, signIn } = await world()
    op.accounts.set('ada', verified('ada@acme.test'))
    const answers = await Promise.all(Array.from({ length: 8 }, () => signIn('ada')))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    const who = await Promise.all(answers.map(async ({ body }) => (await app.me(body.accessToken)).body))
    expect(new Set(who.map((me) => (me as { userId?: string }).userId)).size).toBe(1)
    expect(connection.version).toBe(1)
  })

  it('asks for the second factor that the account has, unless the connection says the provider has', async () => {
    const sso = await world()
    const { app, owner, signIn } = sso
    await verifyEmail(sso, 'owner@acme.test')
    await enrolled(app, owner)
    op.accounts.set('own', verified('owner@acme.test', { amr: ['mfa', 'pwd'] }))
    const challenged = await signIn('own')
    expect(challenged.status).toBe(202)
    expect((challenged.body as unknown as SignInChallenge).methods).toContain('totp')
    const trusting = await world({ twoFactorMethods: ['mfa'] })
    op.accounts.set('ada', verified('ada@acme.test'))
    const weak = await trusting.signIn('ada')
    expect((await trusting.app.me(weak.body.accessToken)).body).toMatchObject({ aal: 1, amr: ['fed'] })
  })
})

describe('an account that exists', () => {
  it('is linked when both sides have verified the address, and the domain is proved', async () => {
    const sso = await world()
    const { app, signIn } = sso
    const bob = await app.member('bob@acme.test')
    op.accounts.set('bob', verified('bob@acme.test'))
    const before = await signIn('bob')
    expect([before.status, before.body.code]).toEqual([403, 'auth/sso-not-linked'])
    await verifyEmail(sso, 'bob@acme.test')
    const after = await signIn('bob')
    expect(after.status, JSON.stringify(after.body)).toBe(200)
    const [was, is] = [await app.me(bob.accessToken), await app.me(after.body.accessToken)] as unknown as [
      Answer<{ userId: string }>,
      Answer<{ userId: string }>,
    ]
    expect(is.body.userId).toBe(was.body.userId)
  })

  it('is never linked by an address that is unverified, of a domain not proved, or absent; all refusals are the same', async () => {
    const sso = await world()
    const { app, signIn } = sso
    for (const email of ['bob@acme.test', 'eve@other.test', 'ada@gmail.test']) {
      await app.member(email)
      await verifyEmail(sso, email)
    }
    op.accounts.set('unverified', { email: 'bob@acme.test', email_verified: false })
    op.accounts.set('text', { email: 'bob@acme.test', email_verified: 'true' })
    op.accounts.set('unsaid', { email: 'bob@acme.test' })
    op.accounts.set('unproved', verified('eve@other.test'))
    op.accounts.set('elsewhere', verified('ada@gmail.test'))
    op.accounts.set('unknown', verified('nobody@gmail.test'))
    op.accounts.set('lookalike', verified('bob@acme.test.evil.test'))
    op.accounts.set('addressless', {})
    const seen = new Set<string>()
    for (const login of op.accounts.keys()) {
      const { status, body } = await signIn(login)
      const {
        requestId: _,
        request_id: __,
        instance: ___,
        ...rest
      } = body as unknown as Record<string, unknown>
      seen.add(JSON.stringify([status, rest]))
      expect([login, status, body.code]).toEqual([login, 403, 'auth/sso-not-linked'])
    }
    expect(seen.size).toBe(1)
    expect((await app.events()).filter(({ type }) => type === 'auth.identity.linked')).toHaveLength(0)
  })

  it('belongs to one identity at a time: another provider that claims the address links only with authority', async () => {
    const sso = await world()
    const { app, signIn } = sso
    op.accounts.set('ada', verified('ada@acme.test'))
    expect((await signIn('ada')).status).toBe(200)
    const second = await openIdProvider(publicUrl)
    try {
      // The same fetcher knows both; a tenant that has not proved the domain claims it.
      const eve = await app.member('eve@evil.test')
      const refused = await connect(app, eve, { issuer: second.issuer, domains: ['acme.test'] })
      expect(refused.status).toBe(422)
      const own = await connect(app, eve, {
        issuer: op.issuer,
        clientSecret: op.clientSecret,
        domains: ['acme.test'],
        provisioning: 'domain_allowlist',
      })
      op.accounts.set('mallory', verified('ada@acme.test'))
      const { body: started } = await start(app, own.body.id)
      const answer = await finish(app, own.body.id, started, await op.authorize(started.url, 'mallory'))
      expect([answer.status, answer.body.code]).toEqual([403, 'auth/sso-not-linked'])
      const { body: again } = await start(app, own.body.id)
      const linked = await finish(app, own.body.id, again, await op.authorize(again.url, 'ada'))
      // Their identity is known; their way leads into the tenant of the connection only, of which they are no member.
      expect([linked.status, linked.body.code]).toEqual([403, 'auth/not-a-member'])
    } finally {
      await second.close()
    }
  })

  it('is linked by its owner with whatever identity, in the session that began it only, and unlinked again', async () => {
    const { app, owner, connection } = await world({ provisioning: 'disabled', domains: [] })
    op.accounts.set('private', { email: 'somebody@else.test' })
    const path = `/api/v1/auth/sso/${connection.id}/link`
    const { accessToken: token } = owner
    const begin = () =>
      app.call<{ url: string; state: string; browserSecret: string }>('POST', path, { token, body: {} })
    const { body } = await begin()
    const answer = {
      state: body.state,
      browserSecret: body.browserSecret,
      parameters: await op.authorize(body.url, 'private'),
    }
    const eve = await app.member('eve@evil.test')
    const stolen = await app.call<Failure>('POST', `${path}/callback`, {
      token: eve.accessToken,
      body: answer,
    })
    expect(stolen.body.code).toBe('auth/sso-connection-not-found')
    expect((await finish(app, connection.id, body, answer.parameters)).body.code).toBe(
      'auth/invalid-sso-state',
    )
    const linked = await app.call<{ id: string }>('POST', `${path}/callback`, { token, body: answer })
    expect(linked.status, JSON.stringify(linked.body)).toBe(201)
    const { body: second } = await begin()
    const parameters = await op.authorize(second.url, 'private')
    const { state, browserSecret } = second
    const twice = await app.call<Failure>('POST', `${path}/callback`, {
      token,
      body: { state, browserSecret, parameters },
    })
    expect(twice.body.code).toBe('auth/identity-taken')
    const { body: started } = await start(app, connection.id)
    const signedIn = await finish(app, connection.id, started, await op.authorize(started.url, 'private'))
    expect(signedIn.status).toBe(200)
    const gone = await app.call('DELETE', `/api/v1/auth/sso/identities/${linked.body.id}`, { token })
    expect(gone.status).toBe(204)
    app.clock.advance('16m')
    const { body: later } = await app.refresh(owner.refreshToken)
    expect((await app.call<Failure>('POST', path, { token: later.accessToken, body: {} })).status).toBe(401)
  })
})

describe('an answer', () => {
  it('works in the browser that began it, for its connection, within ten minutes, and not switched off', async () => {
    const { app, owner, connection } = await world()
    op.accounts.set('ada', verified('ada@acme.test'))
    const other = await connect(app, owner, { issuer: op.issuer, clientSecret: op.clientSecret })
    const { body } = await start(app, connection.id)
    const parameters = await op.authorize(body.url, 'ada')
    const refused = async (id: string, change: object, wanted = 'auth/invalid-sso-state') => {
      const answer = await finish(app, id, { ...body, ...change }, parameters)
      expect(answer.body.code).toBe(wanted)
    }
    await refused(connection.id, { browserSecret: `csb_${'A'.repeat(43)}` })
    await refused(connection.id, { browserSecret: body.state })
    await refused(connection.id, { state: `css_${'A'.repeat(43)}` })
    await refused(other.body.id, {})
    const { accessToken: token } = owner
    const set = (enabled: boolean, version: number) =>
      app.call('PATCH', `/api/v1/auth/sso/connections/${connection.id}`, {
        token,
        body: { enabled },
        headers: { 'if-match': `"${version}"` },
      })
    expect((await set(false, 1)).status).toBe(200)
    expect((await set(true, 1)).status).toBe(412)
    await refused(connection.id, {})
    expect((await start(app, connection.id)).status).toBe(404)
    expect((await set(true, 2)).status).toBe(200)
    // It was used up when it was refused.
    await refused(connection.id, {})
    const { body: late } = await start(app, connection.id)
    const lateParameters = await op.authorize(late.url, 'ada')
    app.clock.advance('10m')
    expect((await finish(app, connection.id, late, lateParameters)).body.code).toBe('auth/invalid-sso-state')
  })

  it('with another code, state or issuer, or with an error, is refused', async () => {
    const { app, connection } = await world()
    op.accounts.set('ada', verified('ada@acme.test'))
    const { body: foreign } = await start(app, connection.id)
    const { code: foreignCode = '' } = await op.authorize(foreign.url, 'ada')
    const without = ({ state = '' }: Record<string, string>) => ({ state })
    const tampered: readonly ((parameters: Record<string, string>) => Record<string, string>)[] = [
      (parameters) => ({ ...parameters, code: foreignCode }),
      (parameters) => ({ ...parameters, code: 'made-up' }),
      (parameters) => ({ ...parameters, state: foreign.state }),
      (parameters) => ({ ...parameters, iss: 'https://evil.test' }),
      ({ code = '', state = '' }) => ({ code, state }),
      without,
      (parameters) => ({ ...without(parameters), error: 'access_denied' }),
    ]
    for (const tamper of tampered) {
      const { body } = await start(app, connection.id)
      const { status, body: answer } = await finish(
        app,
        connection.id,
        body,
        tamper(await op.authorize(body.url, 'ada')),
      )
      expect([String(tamper), status, answer.code]).toEqual([String(tamper), 401, 'auth/sso-refused'])
    }
  })
})

describe('connections', () => {
  it('never show the client secret, and are the own tenant’s or of the platform', async () => {
    const { app, owner, connection } = await world()
    const { accessToken: token } = owner
    const path = `/api/v1/auth/sso/connections/${connection.id}`
    const got = await app.call('GET', path, { token })
    expect(got.body).toMatchObject({ hasClientSecret: true, owner: 'tenant' })
    const eve = await app.member('eve@evil.test')
    const headers = { 'if-match': '"1"' }
    for (const [method, body] of [['GET'], ['PATCH', { enabled: false }], ['DELETE']] as const)
      expect((await app.call(method, path, { token: eve.accessToken, body, headers })).status).toBe(404)
    expect((await connect(app, owner, { owner: 'platform', preset: 'google' })).status).toBe(403)
    const shown = JSON.stringify([got.body, await app.call('GET', '/api/v1/auth/sso/connections', { token })])
    expect(shown + JSON.stringify(app.logger.lines)).not.toContain(op.clientSecret)
    const kept = await app.storage.repositories.auth.ssoConnections.find(connection.id as never)
    expect(JSON.stringify(kept)).not.toContain(op.clientSecret)
  })

  it('are offered by slug and by proved domain, and an unknown tenant looks like one without', async () => {
    const { app, owner, connection } = await world()
    const offered = async (query: string) =>
      ((await app.call('GET', `/api/v1/auth/sso/providers${query}`)).body as { data: { id: string }[] }).data
    const { tenant } = (await app.register('eve@evil.test')).body
    const slug = (
      await app.call<{ slug: string }>('GET', '/api/v1/tenants/account', { token: owner.accessToken })
    ).body.slug
    expect(await offered(`?tenant=${slug}`)).toEqual([{ id: connection.id, name: 'Acme', preset: 'custom' }])
    expect(await offered('?domain=ACME.test')).toHaveLength(1)
    expect(await offered('?domain=other.test')).toEqual([])
    expect(await offered(`?tenant=${tenant.slug}`)).toEqual(await offered('?tenant=no-such-tenant'))
    expect(await offered('')).toEqual([])
  })

  it('are for owners who have just authenticated', async () => {
    const { app, owner } = await world()
    app.clock.advance('16m')
    const { body: later } = await app.refresh(owner.refreshToken)
    expect((await connect(app, later, { issuer: op.issuer })).status).toBe(401)
    expect(password).toBeTruthy()
  })
})
