import { race, winners } from '@corbel/core/ports'
import { describe, expect, it } from 'vitest'
import { password, publicUrl, testApp } from './support.fixture.ts'

describe('registering', () => {
  it('makes an account and a tenant that it owns, and no tokens', async () => {
    const app = await testApp()
    const { status, body } = await app.register('Ada@Example.com', {
      displayName: 'Ada',
      planCode: 'starter',
    })
    expect(status).toBe(201)
    expect(body).toMatchObject({
      user: { email: 'ada@example.com', displayName: 'Ada', emailVerified: false },
      tenant: { name: 'Acme' },
    })
    expect(JSON.stringify(body)).not.toMatch(/token|password/i)
    const { body: tokens } = await app.signIn('ada@example.com')
    expect(tokens.tenantId).toBe(body.tenant.id)
    expect((await app.me(tokens.accessToken)).body).toEqual({
      userId: body.user.id,
      email: 'ada@example.com',
      emailVerified: false,
      displayName: 'Ada',
      tenantId: body.tenant.id,
      role: 'owner',
      scopes: [
        'activity:read',
        'agents:chat',
        'agents:read',
        'api-keys:administer',
        'api-keys:manage',
        'audit:read',
        'conversations:read',
        'conversations:write',
        'members:manage',
        'members:read',
        'providers:manage',
        'service-accounts:manage',
        'service-accounts:read',
        'sso:manage',
        'sso:read',
        'tenant:manage',
        'tenant:read',
        'tenant:transfer',
        'tokens:introspect',
        'webhooks:manage',
      ],
      sessionId: tokens.sessionId,
      aal: 1,
      amr: ['pwd'],
      impersonatedBy: null,
    })
    const registered = (await app.events()).find(({ type }) => type === 'auth.user.registered')
    expect(registered).toMatchObject({
      tenantId: body.tenant.id,
      payload: { userId: body.user.id, planCode: 'starter' },
    })
  })

  it('lets one of 64 callers with one address win, and tells nobody who', async () => {
    const app = await testApp()
    const answers = winners(
      await race((racer) => app.register('ada@example.com', { tenantName: `Acme ${racer % 10}` })),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]))
    expect(new Set(answers.map(({ body }) => body.user.id)).size).toBe(64)
    const created = (await app.events()).filter(({ type }) => type === 'tenant.account.created')
    expect(created).toHaveLength(1)
    const { body } = await app.signIn('ada@example.com')
    expect(body.tenantId).toBe(created[0]?.tenantId)
  })

  it.each([
    ['a short password', { password: 'fourteen chars' }],
    ['a password over 128 characters', { password: 'x'.repeat(129) }],
    ['a lone surrogate in the password', { password: `${password}\ud800` }],
    ['a NUL in the password', { password: `${password}\0` }],
    ['terms that are not accepted', { acceptTerms: false }],
    ['a short tenant name', { tenantName: ' x ' }],
    ['an unknown key', { role: 'owner' }],
    ['an operator flag', { operator: true }],
    ['an address without a domain', { email: 'ada' }],
    ['an address with a NUL', { email: 'ada\0@example.com' }],
    ['an address that is too long', { email: `${'a'.repeat(250)}@example.com` }],
    ['a plan code with spaces', { planCode: 'a b' }],
  ])('refuses %s and changes nothing', async (_, more) => {
    const app = await testApp()
    const { status, body } = await app.register('ada@example.com', more)
    expect(status).toBe(400)
    expect(JSON.stringify(body)).not.toContain(password)
    expect(await app.events()).toEqual([])
  })

  it('W-15: counts the caller and not what X-Forwarded-For claims', async () => {
    const app = await testApp({ settings: { SIGNUP_RATE_LIMIT_PER_HOUR: '2' } })
    const statuses: number[] = []
    for (let i = 0; i < 4; i++) {
      const { status } = await app.call('POST', '/api/v1/auth/register', {
        body: { email: `u${i}@example.com`, password, tenantName: 'Acme', acceptTerms: true },
        headers: { 'x-forwarded-for': `198.51.100.${i}` },
      })
      statuses.push(status)
    }
    expect(statuses).toEqual([201, 201, 429, 429])
  })

  it('is the same under one Idempotency-Key', async () => {
    const app = await testApp()
    const once = () =>
      app.call('POST', '/api/v1/auth/register', {
        body: { email: 'ada@example.com', password, tenantName: 'Acme', acceptTerms: true },
        headers: { 'idempotency-key': 'one' },
      })
    const [first, second] = [await once(), await once()]
    expect(second.body).toEqual(first.body)
    expect((await app.events()).filter(({ type }) => type === 'auth.registration.repeated')).toEqual([])
  })
})

describe('the first operator', () => {
  it('is made by the host, verified, and the owner of a tenant', async () => {
    const app = await testApp({ settings: { REQUIRE_EMAIL_VERIFICATION: 'true' } })
    const { users } = app.stack.auth
    expect(await users.hasOperator()).toBe(false)
    const { tenant } = await users.createOperator({ email: 'Ops@Example.com', password })
    expect(await users.hasOperator()).toBe(true)
    expect(tenant.name).toBe('Platform')
    const { body } = await app.signIn('ops@example.com')
    expect((await app.me(body.accessToken)).body).toMatchObject({ emailVerified: true, role: 'owner' })
    expect(await app.stack.auth.accessTokens.authenticate(body.accessToken)).toMatchObject({ operator: true })
    expect((await app.call('GET', '/api/v1/tenants/account', { token: body.accessToken })).status).toBe(200)
    await app.stack.deliverEvents()
    expect(app.mailer.sent).toEqual([])
  })

  it('leaves nothing when the address is taken', async () => {
    const app = await testApp()
    await app.register('ada@example.com')
    const before = (await app.events()).length
    await expect(
      app.stack.auth.users.createOperator({ email: 'ada@example.com', password }),
    ).rejects.toMatchObject({
      code: 'auth/email-taken',
    })
    expect(await app.events()).toHaveLength(before)
    expect(await app.stack.auth.users.hasOperator()).toBe(false)
  })
})

describe('links in mails', () => {
  it('start with the public address whatever the Host header says', async () => {
    const app = await testApp()
    await app.call('POST', '/api/v1/auth/register', {
      body: { email: 'ada@example.com', password, tenantName: 'Acme', acceptTerms: true },
      headers: { host: 'evil.example', 'x-forwarded-host': 'evil.example' },
    })
    await app.stack.deliverEvents()
    expect(app.mailer.sent).toHaveLength(1)
    for (const link of app.mailer.sent[0]?.links ?? []) expect(link.startsWith(`${publicUrl}/`)).toBe(true)
  })
})
