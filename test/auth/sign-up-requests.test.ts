import { manualClock, race, winners } from '@corbel/core/ports'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { backends, openStorage, type OpenStorage, openTimeout } from '../storages.ts'
import {
  codeOf,
  decide,
  invite,
  mailedInvite,
  operatorToken,
  requestAccess,
  requestsOf,
  shape,
} from './sign-up.fixture.ts'
import { type TestApp, testApp } from './support.fixture.ts'

const address = 'ada@example.com'
const settings = { SIGNUP_ACCESS_POLICY: 'approval', SIGNUP_CONCURRENT_REQUESTS_LIMIT: '0' }

async function open(more: Readonly<Record<string, string>> = {}) {
  const app = await testApp({ settings: { ...settings, ...more } })
  return { app, token: await operatorToken(app) }
}

describe('asking to be let in', () => {
  it('W-03, W-27: an operator approves, and the applicant is mailed an invitation with which they register', async () => {
    const { app, token } = await open()
    const asked = await requestAccess(app, 'Ada@Example.com', {
      name: 'Ada',
      organization: 'Acme',
      message: 'Please 🌱',
    })
    expect([asked.status, asked.body]).toEqual([202, undefined])
    const [request] = await requestsOf(app, token, '?status=pending')
    expect(request).toMatchObject({
      email: address,
      name: 'Ada',
      organization: 'Acme',
      message: 'Please 🌱',
      status: 'pending',
      ipPrefix: '192.0.2.0/24',
      decidedAt: null,
    })
    const { status, body } = await decide(app, token, request?.id ?? '', 'approve')
    const { userId } = (await app.me(token)).body as { userId?: string }
    expect([status, body.status, body.decidedBy]).toEqual([200, 'approved', userId])
    const inviteToken = await mailedInvite(app, address)
    expect((await app.register(address, { inviteToken })).body.user).toMatchObject({ emailVerified: true })
    expect((await app.signIn(address)).status).toBe(200)
  })

  it('rejects without a mail, and the address may ask again', async () => {
    const { app, token } = await open()
    await requestAccess(app, address)
    const [request] = await requestsOf(app, token)
    const { status, body } = await decide(app, token, request?.id ?? '', 'reject')
    expect([status, body]).toMatchObject([
      200,
      { status: 'rejected', reason: 'unknown to us', inviteId: null },
    ])
    await app.events()
    expect(app.mailer.sent).toEqual([])
    app.clock.advance('1s')
    await requestAccess(app, address)
    expect((await requestsOf(app, token)).map((found) => found.status)).toEqual(['pending', 'rejected'])
  })

  it('W-14: answers the same for an address with an account, an invitation, a request, and none of them', async () => {
    const { app, token } = await open()
    await invite(app, token, { email: 'invited@example.com' })
    await requestAccess(app, 'pending@example.com')
    const before = (await requestsOf(app, token)).length
    const free = await requestAccess(app, address)
    for (const email of ['ops@example.org', 'invited@example.com', 'pending@example.com'])
      expect(shape(await requestAccess(app, email)), email).toEqual(shape(free))
    expect(await requestsOf(app, token)).toHaveLength(before + 1)
    await app.events()
    expect(app.mailer.sent.map(({ to, subject }) => `${to}: ${subject}`).toSorted()).toEqual([
      'invited@example.com: Your invitation to Corbel',
      'ops@example.org: You already have an account at Corbel',
    ])
  })

  it('W-14: drops what is beyond the pending ones of a caller without a word', async () => {
    const { app, token } = await open({ SIGNUP_CONCURRENT_REQUESTS_LIMIT: '2' })
    for (let i = 0; i < 4; i++) expect((await requestAccess(app, `u${i}@example.com`)).status).toBe(202)
    expect(await requestsOf(app, token)).toHaveLength(2)
    await requestAccess(app, 'other@example.com', {}, '198.51.100.1')
    expect(await requestsOf(app, token)).toHaveLength(3)
  })

  it.each(['public', 'invite_only', 'domain'])('is not possible under %s', async (policy) => {
    const { app, token } = await open({ SIGNUP_ACCESS_POLICY: policy })
    expect(codeOf(await requestAccess(app, address))).toBe('auth/access-not-requested')
    expect(await requestsOf(app, token)).toEqual([])
  })

  it('keeps quotas, denied domains and programs out', async () => {
    const { app, token } = await open({
      SIGNUP_RATE_LIMIT_PER_EMAIL_DAY: '1',
      SIGNUP_DENIED_DOMAINS: 'mailinator.com',
    })
    expect((await requestAccess(app, 'bot@example.com', { website: 'x' })).status).toBe(202)
    expect(codeOf(await requestAccess(app, 'eve@mailinator.com'))).toBe('auth/email-domain-refused')
    await requestAccess(app, address)
    expect(codeOf(await requestAccess(app, address))).toBe('auth/too-many-sign-ups')
    expect((await requestsOf(app, token)).map(({ email }) => email)).toEqual([address])
    const { body } = await app.stack.meter.scrape()
    expect(body.split('\n').filter((line) => line.startsWith('corbel_auth_access_request'))).toEqual([
      'corbel_auth_access_request_total{outcome="refused"} 3',
      'corbel_auth_access_request_total{outcome="pending"} 1',
    ])
  })

  it('does not use up the registrations of the address', async () => {
    const { app, token } = await open({ SIGNUP_RATE_LIMIT_PER_EMAIL_DAY: '1' })
    await requestAccess(app, address)
    const { body } = await invite(app, token)
    expect((await app.register(address, { inviteToken: body.token })).status).toBe(201)
  })

  it('is decided by operators only, and once', async () => {
    const { app, token } = await open()
    await requestAccess(app, address)
    const [{ id } = { id: '' }] = await requestsOf(app, token)
    const { body } = await invite(app, token)
    await app.register('bob@example.com', { inviteToken: body.token })
    const { accessToken } = (await app.signIn('bob@example.com')).body
    for (const decision of ['approve', 'reject'] as const)
      expect((await decide(app, accessToken, id, decision)).status).toBe(403)
    expect((await app.call('GET', '/api/v1/auth/signup-requests', { token: accessToken })).status).toBe(403)
    expect((await decide(app, token, id, 'reject')).status).toBe(200)
    for (const decision of ['approve', 'reject'] as const)
      expect(codeOf(await decide(app, token, id, decision))).toBe('auth/sign-up-request-decided')
    const unknown = await decide(app, token, `sur_${'0'.repeat(26)}`, 'approve')
    expect([unknown.status, codeOf(unknown)]).toEqual([404, 'auth/sign-up-request-not-found'])
  })

  it('stays pending when the address was invited in the meantime', async () => {
    const { app, token } = await open()
    await requestAccess(app, address)
    await invite(app, token, { email: address })
    const [{ id } = { id: '' }] = await requestsOf(app, token)
    expect(codeOf(await decide(app, token, id, 'approve'))).toBe('auth/address-invited')
    expect(await requestsOf(app, token, '?status=pending')).toHaveLength(1)
    expect((await decide(app, token, id, 'reject')).status).toBe(200)
  })

  it('is forgotten 30 days after it was decided', async () => {
    const { app, token } = await open()
    await requestAccess(app, address)
    const [{ id } = { id: '' }] = await requestsOf(app, token)
    await decide(app, token, id, 'reject')
    app.clock.advance('30d')
    expect(await app.stack.auth.signUpRequests.purge()).toBe(0)
    app.clock.advance('1s')
    expect(await app.stack.auth.signUpRequests.purge()).toBe(1)
  })
})

describe.each(await backends())('64 at once on %s', (backend) => {
  const clock = manualClock()
  let opened: OpenStorage
  let app: TestApp
  let token: string

  beforeAll(async () => {
    opened = await openStorage(backend, { clock })
  }, openTimeout)
  beforeEach(async () => {
    await opened.clear()
    app = await testApp({
      clock,
      storage: opened.storage,
      settings: { ...settings, SIGNUP_RATE_LIMIT_PER_HOUR: '0', SIGNUP_CONCURRENT_REQUESTS_LIMIT: '3' },
    })
    token = await operatorToken(app)
  })
  afterAll(() => opened.close())

  it('who decide one request: one does, and one invitation is there at most', async () => {
    await requestAccess(app, address)
    const [{ id } = { id: '' }] = await requestsOf(app, token)
    const answers = winners(
      await race((racer) => decide(app, token, id, racer % 2 === 0 ? 'approve' : 'reject')),
    )
    const [decided, ...others] = answers.filter(({ status }) => status === 200)
    expect(others).toEqual([])
    expect(new Set(answers.map(codeOf))).toEqual(new Set([undefined, 'auth/sign-up-request-decided']))
    const types = (await app.events()).map(({ type }) => type)
    const count = (type: string) => types.filter((found) => found === type).length
    const approved = decided?.body.status === 'approved' ? 1 : 0
    expect(count('auth.sign_up_request.approved')).toBe(approved)
    expect(count('auth.sign_up_request.rejected')).toBe(1 - approved)
    expect(count('auth.sign_up_invite.created')).toBe(approved)
    expect(app.mailer.sent.filter(({ to }) => to === address)).toHaveLength(approved)
  })

  it('who ask: one request for an address, and no more than may be pending of one caller', async () => {
    await race(() => requestAccess(app, address, {}, '198.51.100.1'))
    await race((racer) => requestAccess(app, `u${racer}@example.com`, {}, '198.51.100.2'))
    const emails = (await requestsOf(app, token)).map(({ email }) => email)
    expect(emails.filter((email) => email === address)).toHaveLength(1)
    expect(emails).toHaveLength(4)
  })
})

const databases = (await backends()).filter((backend) => backend !== 'memory')

describe.each(databases)('statements of asking to be let in on %s', (backend) => {
  const clock = manualClock()
  let opened: OpenStorage

  beforeAll(async () => {
    opened = await openStorage(backend, { clock })
  }, openTimeout)
  afterAll(() => opened.close())

  it('W-14: are as many for a known, an invited, a pending and a free address', async () => {
    const app = await testApp({ clock, storage: opened.storage, settings })
    await invite(app, await operatorToken(app), { email: 'invited@example.com' })
    await app.events()
    const count = async (email: string) => {
      opened.statements.reset()
      expect((await requestAccess(app, email)).status).toBe(202)
      return opened.statements.count()
    }
    const free = await count(address)
    expect(await count(address)).toBe(free)
    expect(await count('ops@example.org')).toBe(free)
    expect(await count('invited@example.com')).toBe(free)
  })
})
