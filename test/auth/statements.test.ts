import { idSchema, newId } from '@corbel/core'
import { manualClock } from '@corbel/core/ports'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backends, openStorage, type OpenStorage, openTimeout } from '../storages.ts'
import { requestLink, sentLink, verifyAddress, verifyLink } from './magic-links.fixture.ts'
import { complete, enrolled } from './mfa.fixture.ts'
import { options, signInWith, withPasskey } from './passkeys.fixture.ts'
import { lyingProvider } from './lying-provider.fixture.ts'
import { connect, finish, proveDomain, ssoApp, start } from './sso.fixture.ts'
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

  it('of signing in with a wrong password, or to no account: three, with the row of the audit trail', async () => {
    const wrong = await statements(() => app.signIn('ada@example.com', { password: 'a wrong password' }))
    const unknown = await statements(() => app.signIn('eve@example.com'))
    expect([wrong.count, unknown.count]).toEqual([3, 3])
  })

  it('of registering: as many for an address that has an account as for one that has none', async () => {
    const fresh = await statements(() => app.register('bob@example.com'))
    const repeated = await statements(() => app.register('bob@example.com'))
    expect([fresh.result.status, repeated.result.status]).toEqual([201, 201])
    expect(repeated.count).toBe(fresh.count)
    const rows = await sql<{ email: string }>`select email from corbel_users order by email`.execute(
      database.db as never,
    )
    expect(rows.rows.map(({ email }) => email)).toEqual(['ada@example.com', 'bob@example.com'])
  })

  it('of what a tenant has and uses: one for each module that counts', async () => {
    const { accessToken, tenantId } = (await app.signIn('ada@example.com')).body
    const bob = await app.member('counts@example.com')
    const { agents } = database.storage.repositories
    const usedAt = async (id: string, createdAt: Date, inputTokens: number) =>
      agents.agentUsage.record({
        tenantId: idSchema('ten').parse(id),
        runId: newId('arn'),
        call: 1,
        agent: 'triage',
        model: 'm',
        inputTokens,
        outputTokens: 3,
        cachedTokens: 0,
        reasoningTokens: 0,
        estimated: false,
        createdAt,
      })
    const now = clock.now()
    const [from, until] = [0, 1].map(
      (more) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + more)),
    )
    if (!from || !until) throw new Error('a month has two ends')
    await usedAt(tenantId, from, 5)
    await usedAt(tenantId, new Date(from.getTime() - 1), 100)
    await usedAt(bob.tenantId, from, 1000)
    // Which tenants are suspended is read once in a while.
    await app.call('GET', '/api/v1/usage', { token: accessToken })
    const { result, count } = await statements(() => app.call('GET', '/api/v1/usage', { token: accessToken }))
    expect(result).toMatchObject({ status: 200 })
    expect(result.body).toEqual({
      from: from.toISOString(),
      until: until.toISOString(),
      figures: [
        { key: 'tenant.members', quantity: '1', counted: 'now' },
        { key: 'tenant.invitations', quantity: '0', counted: 'now' },
        { key: 'tenant.webhooks', quantity: '0', counted: 'now' },
        { key: 'agents.model_calls', quantity: '1', counted: 'period' },
        { key: 'agents.input_tokens', quantity: '5', counted: 'period' },
        { key: 'agents.output_tokens', quantity: '3', counted: 'period' },
        { key: 'agents.file_bytes', quantity: '0', counted: 'now' },
      ],
    })
    expect(count).toBe(2)
  })

  it('of refreshing: one, also for a retry', async () => {
    const { refreshToken } = (await app.signIn('ada@example.com')).body
    const first = await statements(() => app.refresh(refreshToken))
    const retry = await statements(() => app.refresh(refreshToken))
    expect([first.result.status, first.count, retry.count]).toEqual([200, 1, 1])
  })

  it('of a sign-in that needs a second factor: two; of completing it: four and a transaction of five', async () => {
    await app.register('two@example.com')
    const { body } = await app.signIn('two@example.com')
    const { authenticator } = await enrolled(app, body)
    const first = await statements(() => app.signIn('two@example.com'))
    expect([first.result.status, first.count]).toEqual([202, 2])
    const { challengeToken } = first.result.body as unknown as { challengeToken: string }
    const code = await authenticator.next()
    const second = await statements(() => complete(app, challengeToken, code))
    // The attempt, the account, the budget and the factors; begin, redeem, claim, open, commit.
    expect([second.result.status, second.count]).toEqual([200, 9])
    // The clock has moved on.
    await app.stack.auth.accessTokens.refreshRevocations()
  })

  it('of signing in with a passkey: none for the challenge, four for the signature', async () => {
    await app.register('key@example.com')
    const { device } = await withPasskey(app, (await app.signIn('key@example.com')).body)
    const begun = await statements(() => options(app))
    expect(begun.count).toBe(0)
    const response = await device.sign(begun.result)
    const signed = await statements(() => signInWith(app, response))
    // The passkey, the account, the claim and the session.
    expect([signed.result.status, signed.count]).toEqual([200, 4])
    const replayed = await statements(() => signInWith(app, response))
    expect([replayed.result.status, replayed.count]).toEqual([401, 3])
  })

  it('of magic links: as many for an address that has an account as for one that has none', async () => {
    await app.register('link@example.com')
    await verifyAddress(app, 'link@example.com')
    const known = await statements(() => requestLink(app, 'link@example.com'))
    const unknown = await statements(() => requestLink(app, 'nobody@example.com'))
    expect([known.result.status, unknown.result.status]).toEqual([202, 202])
    expect(unknown.count).toBe(known.count)
    const { token, code } = await sentLink(app, 'link@example.com')
    const guess = String((Number(code) + 1) % 1_000_000).padStart(6, '0')
    const wrong = await statements(() => verifyLink(app, { email: 'link@example.com', code: guess }))
    const nobody = await statements(() => verifyLink(app, { email: 'nobody@example.com', code: guess }))
    // The account and its budget, the code, the failure, the row of the trail.
    expect([wrong.count, nobody.count]).toEqual([4, 4])
    const right = await statements(() => verifyLink(app, { email: 'link@example.com', code }))
    expect([right.result.status, right.count]).toEqual([200, 3])
    expect((await verifyLink(app, { token })).status).toBe(401)
    const { token: next } = await sentLink(app, 'link@example.com')
    const linked = await statements(() => verifyLink(app, { token: next }))
    expect([linked.result.status, linked.count]).toEqual([200, 4])
    // The clock has moved on.
    await app.stack.auth.accessTokens.refreshRevocations()
  })

  it('of a right password with an unverified address: as many as of a wrong one', async () => {
    const strict = await testApp({
      clock,
      storage: database.storage,
      vault: app.vault,
      settings: { REQUIRE_EMAIL_VERIFICATION: 'true' },
    })
    const wrong = await statements(() => strict.signIn('ada@example.com', { password: 'a wrong password' }))
    const right = await statements(() => strict.signIn('ada@example.com'))
    expect([right.result.status, right.count]).toEqual([401, wrong.count])
  })

  it('of a forged access token: none', async () => {
    const { accessToken } = (await app.signIn('ada@example.com')).body
    // One character of the signature, not the last: that one must keep its spare bits at zero.
    const forged = accessToken.replace(/.(?=.{9}$)/, (char) => (char === 'A' ? 'B' : 'A'))
    const { result, count } = await statements(() => app.me(forged))
    expect([result.status, count]).toEqual([401, 0])
  })

  it('of a read where every request asks whether the session lives: one more', async () => {
    const live = await testApp({
      clock,
      storage: database.storage,
      vault: app.vault,
      settings: { AUTH_REVOCATION_POLL_SECONDS: '0' },
    })
    const { accessToken } = (await app.signIn('ada@example.com')).body
    const cached = await statements(() => app.me(accessToken))
    const asked = await statements(() => live.me(accessToken))
    const again = await statements(() => live.me(accessToken))
    expect([asked.result.status, asked.count, again.count]).toEqual([200, cached.count + 1, cached.count + 1])
  })

  it('of signing in with a provider: five for an identity that is known', async () => {
    const provider = await lyingProvider()
    const options = { clock, storage: database.storage, fetcher: provider.fetcher }
    const sso = await ssoApp(provider.issuer, options)
    await sso.app.register('sso@acme.test')
    const owner = (await sso.app.signIn('sso@acme.test')).body
    await proveDomain(sso, owner, 'acme.test')
    const { body: made } = await connect(sso.app, owner, {
      issuer: provider.issuer,
      domains: ['acme.test'],
      provisioning: 'domain_allowlist',
    })
    const signIn = async () => {
      const begun = await statements(() => start(sso.app, made.id))
      const parameters = provider.answer(begun.result.body.url)
      const done = await statements(() => finish(sso.app, made.id, begun.result.body, parameters))
      return [begun.count, done.result.status, done.count]
    }
    const first = await signIn()
    const known = await signIn()
    // To begin: the connection and the state. The state, the connection, the identity, the account, the session; for somebody new the
    // proved domains, the address and a transaction of six as well.
    expect([first, known]).toEqual([
      [2, 200, 13],
      [2, 200, 5],
    ])
    // The clock has moved on.
    await app.stack.auth.accessTokens.refreshRevocations()
  })

  it('of listing sessions: one', async () => {
    const { accessToken } = (await app.signIn('ada@example.com')).body
    const list = () => app.call('GET', '/api/v1/auth/sessions', { token: accessToken })
    expect((await statements(list)).count).toBe(1)
  })
})
