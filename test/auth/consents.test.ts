import type { ConsentOverview } from '@corbel/auth'
import { race, winners } from '@corbel/core/ports'
import { describe, expect, it } from 'vitest'
import { codeOf } from './sign-up.fixture.ts'
import { type TestApp, testApp } from './support.fixture.ts'

const path = '/api/v1/users/consents'

const ledger = async (app: TestApp, token: string) =>
  (await app.call<ConsentOverview>('GET', path, { token })).body

const give = (app: TestApp, token: string, policy: string, version: string) =>
  app.call<ConsentOverview>('POST', path, { token, body: { policy, version } })

describe('the ledger of consents', () => {
  it('W-25: is written by sign-up, with what was accepted, when and from where', async () => {
    const app = await testApp({ settings: { TERMS_VERSION: '2026-03', PRIVACY_VERSION: '7' } })
    await app.call('POST', '/api/v1/auth/register', {
      body: {
        email: 'ada@example.com',
        password: 'correct horse battery staple',
        tenantName: 'Acme',
        acceptTerms: true,
      },
      headers: { 'user-agent': 'Mozilla/5.0' },
    })
    const { accessToken } = (await app.signIn('ada@example.com')).body
    const of = {
      acceptedAt: app.clock.now().toISOString(),
      ipPrefix: '192.0.2.0/24',
      userAgent: 'Mozilla/5.0',
    }
    expect(await ledger(app, accessToken)).toEqual({
      data: [
        { policy: 'privacy', version: '7', ...of },
        { policy: 'terms', version: '2026-03', ...of },
      ],
      outstanding: [],
    })
  })

  it('is not written by a registration that is refused or changes nothing', async () => {
    const app = await testApp()
    const { accessToken } = await app.member('ada@example.com')
    const before = await ledger(app, accessToken)
    app.clock.advance('1m')
    await app.register('ada@example.com')
    expect(await ledger(app, accessToken)).toEqual(before)
  })

  it('asks again for a new version, and keeps the old consent', async () => {
    const app = await testApp()
    await app.register('ada@example.com')
    const next = await testApp({
      clock: app.clock,
      storage: app.storage,
      vault: app.vault,
      settings: { TERMS_VERSION: '2' },
    })
    const { accessToken } = (await next.signIn('ada@example.com')).body
    expect((await ledger(next, accessToken)).outstanding).toEqual([{ policy: 'terms', version: '2' }])
    app.clock.advance('1m')
    const { status, body } = await give(next, accessToken, 'terms', '2')
    expect([status, body.outstanding]).toEqual([200, []])
    expect(body.data.map(({ policy, version }) => `${policy} ${version}`)).toEqual([
      'privacy 1',
      'terms 1',
      'terms 2',
    ])
    expect((await next.events()).filter(({ type }) => type === 'auth.consent.given')).toHaveLength(1)
  })

  it('takes the present version only', async () => {
    const app = await testApp({ settings: { TERMS_VERSION: '2' } })
    const { accessToken } = await app.member()
    const before = await ledger(app, accessToken)
    for (const version of ['1', '3']) {
      const answer = await give(app, accessToken, 'terms', version)
      expect([answer.status, codeOf(answer)]).toEqual([409, 'auth/outdated-policy'])
    }
    expect((await give(app, accessToken, 'cookies', '1')).status).toBe(400)
    expect(await ledger(app, accessToken)).toEqual(before)
  })

  it('is of its user alone, and holds one consent of 64 callers', async () => {
    const app = await testApp()
    const operator = await app.stack.auth.users.createOperator({
      email: 'ops@example.org',
      password: 'correct horse battery staple',
    })
    const { accessToken } = (await app.signIn('ops@example.org')).body
    const other = await app.member('ada@example.com')
    expect((await ledger(app, accessToken)).outstanding).toHaveLength(2)
    const answers = winners(await race(() => give(app, accessToken, 'terms', '1')))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect((await ledger(app, accessToken)).data).toHaveLength(1)
    const given = (await app.events()).filter(({ type }) => type === 'auth.consent.given')
    expect(given).toMatchObject([{ payload: { userId: operator.user.id } }])
    expect((await ledger(app, other.accessToken)).data).toHaveLength(2)
    expect((await app.call('GET', path)).status).toBe(401)
  })
})
