import type { ConsentOverview, Tokens } from '@corbel/auth'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  openIdProvider,
  type OpenIdProvider,
} from '../../examples/reference-host/src/tour/openid-provider.ts'
import { connect, proveDomain, ssoApp, start } from './sso.fixture.ts'
import { publicUrl, type TestApp } from './support.fixture.ts'

let op: OpenIdProvider
beforeAll(async () => {
  op = await openIdProvider(publicUrl)
})
afterAll(() => op.close())
beforeEach(() => op.accounts.clear())

const verified = (email: string) => ({ email, email_verified: true })

/** An owner whose connection makes members of whoever is invited. */
async function world(change: Readonly<Record<string, unknown>> = {}) {
  const sso = await ssoApp(op.issuer)
  const { app } = sso
  const owner = await app.member('owner@acme.test')
  await proveDomain(sso, owner, 'acme.test')
  const { status, body } = await connect(app, owner, {
    issuer: op.issuer,
    clientSecret: op.clientSecret,
    domains: ['acme.test'],
    provisioning: 'invite_only',
    role: 'viewer',
    ...change,
  })
  expect(status, JSON.stringify(body)).toBe(201)
  const signIn = async (login: string, more: Readonly<Record<string, unknown>> = {}) => {
    const { body: started } = await start(app, body.id)
    const parameters = await op.authorize(started.url, login)
    const { state, browserSecret } = started
    return app.call<Tokens & { code?: string }>('POST', `/api/v1/auth/sso/${body.id}/callback`, {
      body: { state, browserSecret, parameters, ...more },
    })
  }
  return { app, owner, connection: body, signIn }
}

async function invited(app: TestApp, { accessToken: token }: Tokens, email: string, role = 'admin') {
  const { status } = await app.call('POST', '/api/v1/tenants/invites', { token, body: { email, role } })
  expect(status).toBe(201)
  await app.events()
  const mail = app.mailer.sent.findLast(({ to, code }) => to === email && code?.startsWith('cti_'))
  return mail?.code ?? ''
}

const roleOf = async (app: TestApp, token: string) =>
  (await app.call<{ role: string }>('GET', '/api/v1/users/me', { token })).body.role

describe('a connection for whoever is invited', () => {
  it('turns away an address of its domain without an invitation, and makes a member of one with it', async () => {
    const { app, owner, signIn } = await world()
    op.accounts.set('ada', verified('ada@acme.test'))
    expect((await signIn('ada')).body.code).toBe('auth/sso-not-linked')
    const invitation = await invited(app, owner, 'ada@acme.test')
    const { status, body } = await signIn('ada', { invitation })
    expect(status, JSON.stringify(body)).toBe(200)
    expect(body.tenantId).toBe(owner.tenantId)
    // The role that the invitation gives, and not the one of the connection.
    expect(await roleOf(app, body.accessToken)).toBe('admin')
    // From then on the identity is known.
    expect((await signIn('ada')).status).toBe(200)
    const types = (await app.events()).map(({ type }) => type)
    expect(types.filter((type) => type === 'auth.user.provisioned')).toHaveLength(1)
    expect(types.filter((type) => type === 'tenant.invitation.accepted')).toHaveLength(1)
  })

  it('takes an invitation once, for the address it was sent to, and for its own tenant only', async () => {
    const { app, owner, signIn } = await world()
    op.accounts.set('ada', verified('ada@acme.test'))
    op.accounts.set('bob', verified('bob@acme.test'))
    const invitation = await invited(app, owner, 'ada@acme.test')
    expect((await signIn('bob', { invitation })).body.code).toBe('tenant/invalid-invitation')
    const other = await app.member('other@else.test')
    const elsewhere = await invited(app, other, 'ada@acme.test')
    expect((await signIn('ada', { invitation: elsewhere })).body.code).toBe('tenant/invalid-invitation')
    expect((await signIn('ada', { invitation: `cti_${'x'.repeat(43)}` })).body.code).toBe(
      'tenant/invalid-invitation',
    )
    // What was refused has made nobody and used up nothing.
    expect((await signIn('ada', { invitation })).status).toBe(200)
    op.accounts.set('eve', verified('eve@acme.test'))
    expect((await signIn('eve', { invitation })).body.code).toBe('tenant/invalid-invitation')
  })

  it('does not make an account for an address for which the provider does not speak', async () => {
    const { app, owner, signIn } = await world()
    op.accounts.set('victim', verified('victim@else.test'))
    const invitation = await invited(app, owner, 'victim@else.test')
    expect((await signIn('victim', { invitation })).body.code).toBe('auth/sso-not-linked')
  })

  it('makes a member of somebody who has an account elsewhere', async () => {
    const { app, owner, signIn } = await world()
    await app.register('ada@acme.test')
    await app.events()
    const mail = app.mailer.sent.findLast(
      ({ to, code }) => to === 'ada@acme.test' && code?.startsWith('cev_'),
    )
    await app.call('POST', '/api/v1/auth/email/verify', { body: { token: mail?.code } })
    op.accounts.set('ada', verified('ada@acme.test'))
    expect((await signIn('ada')).body.code).toBe('auth/sso-not-linked')
    const invitation = await invited(app, owner, 'ada@acme.test', 'member')
    const { status, body } = await signIn('ada', { invitation })
    expect([status, body.tenantId]).toEqual([200, owner.tenantId])
    expect(await roleOf(app, body.accessToken)).toBe('member')
  })

  it('that is switched to nobody takes no invitation', async () => {
    const { app, owner, signIn } = await world({ provisioning: 'disabled' })
    op.accounts.set('ada', verified('ada@acme.test'))
    const invitation = await invited(app, owner, 'ada@acme.test')
    expect((await signIn('ada', { invitation })).body.code).toBe('auth/sso-not-linked')
  })
})

describe('somebody for whom an account was made', () => {
  const ledger = async (app: TestApp, token: string) =>
    (await app.call<ConsentOverview>('GET', '/api/v1/users/consents', { token })).body

  it('has accepted what the page has shown them, and nothing otherwise', async () => {
    const { app, signIn } = await world({ provisioning: 'domain_allowlist' })
    op.accounts.set('ada', verified('ada@acme.test'))
    op.accounts.set('bob', verified('bob@acme.test'))
    const ada = await ledger(app, (await signIn('ada', { acceptTerms: true })).body.accessToken)
    expect([ada.data.map(({ policy }) => policy), ada.outstanding]).toEqual([['privacy', 'terms'], []])
    const bob = await ledger(app, (await signIn('bob')).body.accessToken)
    expect([bob.data, bob.outstanding.map(({ policy }) => policy)]).toEqual([[], ['terms', 'privacy']])
    // Signing in again is no consent.
    await signIn('bob', { acceptTerms: true })
    expect(await ledger(app, (await signIn('bob')).body.accessToken)).toEqual(bob)
  })

  it('has accepted the policies when they joined a team by its invitation', async () => {
    const { app, owner } = await world()
    const token = await invited(app, owner, 'guest@else.test', 'member')
    const body = { token, password: 'correct horse battery staple', acceptTerms: true }
    expect((await app.call('POST', '/api/v1/tenants/invites/accept', { body })).status).toBe(201)
    const { accessToken } = (await app.signIn('guest@else.test')).body
    const { data, outstanding } = await ledger(app, accessToken)
    expect(data.map(({ policy, ipPrefix }) => [policy, ipPrefix])).toEqual([
      ['privacy', '192.0.2.0/24'],
      ['terms', '192.0.2.0/24'],
    ])
    expect(outstanding).toEqual([])
  })

  it('gets identities and consents with everything else that is kept about them', async () => {
    const { app, signIn } = await world({ provisioning: 'domain_allowlist' })
    op.accounts.set('ada', verified('ada@acme.test'))
    const { accessToken: token } = (await signIn('ada', { acceptTerms: true })).body
    const { body } = await app.call<{ data: { auth: Record<string, readonly object[]> } }>(
      'GET',
      '/api/v1/users/me/export',
      { token },
    )
    expect(body.data.auth['identities']).toMatchObject([
      { issuer: op.issuer, subject: 'ada', email: 'ada@acme.test' },
    ])
    expect(body.data.auth['consents']).toMatchObject([{ policy: 'privacy' }, { policy: 'terms' }])
  })
})
