import { manualClock, race, winners } from '@corbel/core/ports'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { backends, openStorage, type OpenStorage, openTimeout } from '../storages.ts'
import { codeOf, invite, type Invite, mailedInvite, operatorToken, shape } from './sign-up.fixture.ts'
import { publicUrl, type TestApp, testApp } from './support.fixture.ts'

const address = 'ada@example.com'
const settings = { SIGNUP_ACCESS_POLICY: 'invite_only' }

async function open(more: Readonly<Record<string, string>> = {}) {
  const app = await testApp({ settings: { ...settings, ...more } })
  return { app, token: await operatorToken(app) }
}

const list = async (app: TestApp, token: string, query = '') =>
  (
    await app.call<{ data: Invite[]; nextCursor: string | null }>('GET', `/api/v1/auth/invites${query}`, {
      token,
    })
  ).body

const revoke = (app: TestApp, token: string, id: string) =>
  app.call('POST', `/api/v1/auth/invites/${id}/revoke`, { token })

describe('an invitation to sign up', () => {
  it('is mailed to its address, shown to nobody, and registering with it verifies the address', async () => {
    const { app, token } = await open({ REQUIRE_EMAIL_VERIFICATION: 'true' })
    const { status, body } = await invite(app, token, { email: 'Ada@Example.com', note: 'from the fair' })
    expect(status).toBe(201)
    expect(body).toMatchObject({ email: address, status: 'open', token: null })
    expect(app.mailer.sent).toEqual([])
    const inviteToken = await mailedInvite(app, address)
    expect(app.mailer.sent[0]?.links).toEqual([`${publicUrl}/sign-up?inviteToken=${inviteToken}`])
    const registered = await app.register(address, { inviteToken })
    expect([registered.status, registered.body.user]).toMatchObject([201, { emailVerified: true }])
    expect((await app.signIn(address)).status).toBe(200)
    await app.events()
    expect(app.mailer.sent).toHaveLength(1)
    expect((await list(app, token, '?status=redeemed')).data).toMatchObject([{ id: body.id, redemptions: 1 }])
  })

  it('for anybody has a token that is shown once, and verifies nothing', async () => {
    const { app, token } = await open()
    const { body } = await invite(app, token, { maxRedemptions: 2 })
    expect(body.token).toMatch(/^csi_[\w-]{43}$/)
    expect(JSON.stringify(await list(app, token))).not.toContain(body.token)
    const first = await app.register(address, { inviteToken: body.token })
    expect(first.body.user).toMatchObject({ emailVerified: false })
    expect((await app.register('bob@example.com', { inviteToken: body.token })).status).toBe(201)
    expect(codeOf(await app.register('eve@example.com', { inviteToken: body.token }))).toBe(
      'auth/invalid-invite',
    )
  })

  it('is good for its address only, until it expires or is revoked', async () => {
    const { app, token } = await open()
    await invite(app, token, { email: address, expiresInHours: 1 })
    const inviteToken = await mailedInvite(app, address)
    expect(codeOf(await app.register('eve@example.com', { inviteToken }))).toBe('auth/invalid-invite')
    app.clock.advance('1h')
    expect(codeOf(await app.register(address, { inviteToken }))).toBe('auth/invalid-invite')
    const { body } = await invite(app, await signInAgain(app), { email: address })
    const next = await mailedInvite(app, address)
    expect((await revoke(app, await signInAgain(app), body.id)).status).toBe(204)
    expect(codeOf(await app.register(address, { inviteToken: next }))).toBe('auth/invalid-invite')
    expect((await app.signIn(address)).status).toBe(401)
  })

  it.each(['', 'csi_', `csi_${'A'.repeat(43)}`, `cev_${'A'.repeat(43)}`, '\u0000', "' or 1=1"])(
    'is not %j',
    async (inviteToken) => {
      const { app } = await open()
      const isMalformed = inviteToken === '' || inviteToken === '\0'
      expect((await app.register(address, { inviteToken })).status).toBe(isMalformed ? 400 : 403)
    },
  )

  it('reserves its address: whoever has no token gets the same answer, nothing, and the reader of the mail a reminder', async () => {
    const { app, token } = await open({ SIGNUP_ACCESS_POLICY: 'public' })
    await invite(app, token, { email: address })
    const inviteToken = await mailedInvite(app, address)
    const bypassed = await app.register(address)
    const free = await app.register('bob@example.com')
    expect(
      shape({
        ...bypassed,
        body: { user: { ...bypassed.body.user, email: '' }, tenant: bypassed.body.tenant },
      } as never),
    ).toEqual(
      shape({ ...free, body: { user: { ...free.body.user, email: '' }, tenant: free.body.tenant } } as never),
    )
    expect((await app.signIn(address)).status).toBe(401)
    expect(await mailedInvite(app, address)).toBe(inviteToken)
    expect(app.mailer.sent.filter(({ to }) => to === address)).toHaveLength(2)
    expect((await app.register(address, { inviteToken })).status).toBe(201)
    expect((await app.signIn(address)).status).toBe(200)
  })

  it('for a reserved address is refused, and possible again once that has ended', async () => {
    const { app, token } = await open()
    const { body } = await invite(app, token, { email: address })
    const second = await invite(app, token, { email: address })
    expect([second.status, second.body.code]).toEqual([409, 'auth/address-invited'])
    await revoke(app, token, body.id)
    expect((await invite(app, token, { email: address })).status).toBe(201)
  })

  it('W-14: for an address with an account is answered as ever, and its owner is told by mail', async () => {
    const { app, token } = await open()
    await app.stack.auth.users.createOperator({ email: address, password: 'correct horse battery staple' })
    const known = await invite(app, token, { email: address })
    const free = await invite(app, token, { email: 'bob@example.com' })
    expect(known.status).toBe(201)
    expect(Object.keys(known.body)).toEqual(Object.keys(free.body))
    await app.events()
    expect(app.mailer.sent.map(({ to, subject }) => [to, subject])).toEqual([
      [address, 'You already have an account at Corbel'],
      ['bob@example.com', 'Your invitation to Corbel'],
    ])
  })

  it('W-14: is used up by a registration that changes nothing, or it would tell whether the address has an account', async () => {
    const { app, token } = await open()
    await app.stack.auth.users.createOperator({ email: address, password: 'correct horse battery staple' })
    const { body } = await invite(app, token)
    expect((await app.register(address, { inviteToken: body.token })).status).toBe(201)
    expect(codeOf(await app.register('bob@example.com', { inviteToken: body.token }))).toBe(
      'auth/invalid-invite',
    )
  })

  it('is for operators who have authenticated of late', async () => {
    const { app, token } = await open()
    const { body } = await invite(app, token)
    await app.register(address, { inviteToken: body.token })
    const { accessToken } = (await app.signIn(address)).body
    for (const [method, path] of [
      ['GET', ''],
      ['POST', ''],
      ['POST', `/${body.id}/revoke`],
    ] as const) {
      const call = (as?: string) =>
        app.call(method, `/api/v1/auth/invites${path}`, {
          ...(as !== undefined && { token: as }),
          ...(method === 'POST' && path === '' && { body: {} }),
        })
      expect((await call(accessToken)).status).toBe(403)
      expect((await call()).status).toBe(401)
    }
    app.clock.advance('16m')
    expect((await invite(app, await refreshed(app, token))).status).toBe(401)
  })

  it.each([
    { maxRedemptions: 0 },
    { maxRedemptions: 11 },
    { expiresInHours: 337 },
    { email: 'nobody' },
    { email: address, maxRedemptions: 2 },
    { role: 'owner' },
  ])('is not made with %j', async (body) => {
    const { app, token } = await open()
    expect((await invite(app, token, body)).status).toBe(400)
    expect((await list(app, token)).data).toEqual([])
  })

  it('is listed page by page, newest first', async () => {
    const { app, token } = await open()
    const ids: string[] = []
    for (let i = 0; i < 3; i++) {
      ids.unshift((await invite(app, token, { email: `u${i}@example.com` })).body.id)
      app.clock.advance('1s')
    }
    const first = await list(app, token, '?limit=2')
    const second = await list(app, token, `?limit=2&cursor=${first.nextCursor}`)
    expect([...first.data, ...second.data].map(({ id }) => id)).toEqual(ids)
    expect(second.nextCursor).toBe(null)
    expect((await list(app, token, '?email=u1@example.com')).data.map(({ id }) => id)).toEqual([ids[1]])
  })

  it('is nowhere in the database as its token, nor in an event', async () => {
    const { app, token } = await open()
    const { body } = await invite(app, token)
    await invite(app, token, { email: address })
    const mailed = await mailedInvite(app, address)
    const events = JSON.stringify(await app.events())
    const kept = JSON.stringify(
      await app.storage.repositories.auth.signUpInvites.list({}, app.clock.now(), { limit: 10, after: null }),
    )
    for (const secret of [body.token ?? '', mailed]) {
      expect(secret).toHaveLength(47)
      expect(events).not.toContain(secret)
      expect(kept).not.toContain(secret)
    }
    expect(events).not.toContain(address)
  })

  it('is forgotten 30 days after it has ended', async () => {
    const { app, token } = await open()
    const { body } = await invite(app, token)
    await revoke(app, token, body.id)
    const { signUpInvites } = app.stack.auth
    expect(await signUpInvites.purge()).toBe(0)
    app.clock.advance('30d')
    app.clock.advance('1s')
    expect(await signUpInvites.purge()).toBe(1)
  })
})

/** The operator's session is too old for what needs a fresh one. */
async function signInAgain(app: TestApp): Promise<string> {
  return (await app.signIn('ops@example.org')).body.accessToken
}

async function refreshed(app: TestApp, _: string): Promise<string> {
  const { body } = await app.signIn('ops@example.org')
  app.clock.advance('16m')
  return (await app.refresh(body.refreshToken)).body.accessToken
}

describe.each(await backends())('64 registrations at once on %s', (backend) => {
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
      settings: { ...settings, SIGNUP_RATE_LIMIT_PER_HOUR: '0', SIGNUP_RATE_LIMIT_PER_EMAIL_DAY: '0' },
    })
    token = await operatorToken(app)
  })
  afterAll(() => opened.close())

  const registered = async () =>
    (await app.events()).filter(({ type }) => type === 'auth.user.registered').length

  it('with one invitation for anybody: as many accounts as it may let in', async () => {
    const { body } = await invite(app, token, { maxRedemptions: 3 })
    const answers = winners(
      await race((racer) => app.register(`u${racer}@example.com`, { inviteToken: body.token })),
    )
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3)
    expect(new Set(answers.map(codeOf))).toEqual(new Set([undefined, 'auth/invalid-invite']))
    expect(await registered()).toBe(3)
    expect((await list(app, token)).data).toMatchObject([{ status: 'redeemed', redemptions: 3 }])
  })

  it('with the invitation of one address: one account', async () => {
    await invite(app, token, { email: address })
    const inviteToken = await mailedInvite(app, address)
    const answers = winners(await race(() => app.register(address, { inviteToken })))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(await registered()).toBe(1)
    expect((await app.signIn(address)).status).toBe(200)
  })

  it('with one invitation for many and one address: one account, and every answer costs a redemption', async () => {
    const { body } = await invite(app, token, { maxRedemptions: 10 })
    const answers = winners(await race(() => app.register(address, { inviteToken: body.token })))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(10)
    expect(await registered()).toBe(1)
    expect((await list(app, token)).data).toMatchObject([{ redemptions: 10 }])
  })

  it('against a revocation: the account is there, or the invitation was not redeemed', async () => {
    const { body } = await invite(app, token)
    const results = winners(
      await race(async (racer) =>
        racer === 32
          ? revoke(app, token, body.id)
          : app.register(`u${racer}@example.com`, { inviteToken: body.token }),
      ),
    )
    const created = results.filter(({ status }) => status === 201).length
    const [found] = (await list(app, token)).data
    expect([created, found?.status]).toEqual(created === 1 ? [1, 'redeemed'] : [0, 'revoked'])
    expect(await registered()).toBe(created)
  })
})

const databases = (await backends()).filter((backend) => backend !== 'memory')

describe.each(databases)('statements of registering by invitation on %s', (backend) => {
  const clock = manualClock()
  let opened: OpenStorage

  beforeAll(async () => {
    opened = await openStorage(backend, { clock })
  }, openTimeout)
  afterAll(() => opened.close())

  it('W-14: are as many for a known, a reserved and a free address', async () => {
    const app = await testApp({ clock, storage: opened.storage })
    const token = await operatorToken(app)
    await invite(app, token, { email: 'reserved@example.com' })
    const { body } = await invite(app, token, { maxRedemptions: 3 })
    await app.events()
    const count = async (email: string) => {
      opened.statements.reset()
      expect((await app.register(email, { inviteToken: body.token })).status).toBe(201)
      return opened.statements.count()
    }
    const free = await count('free@example.com')
    expect(await count('ops@example.org')).toBe(free)
    expect(await count('reserved@example.com')).toBe(free)
  })
})
