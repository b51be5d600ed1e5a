import type { TotpEnrollment } from '@corbel/auth'
import { describe, expect, it } from 'vitest'
import { Authenticator, challenged, complete, enroll, enrolled } from './mfa.fixture.ts'
import { type Answer, type TestApp, testApp } from './support.fixture.ts'

const codeOf = ({ status, body }: Answer) => [status, (body as { code?: string } | undefined)?.code]

const setPolicy = (app: TestApp, token: string, policy: string) =>
  app.call('PUT', '/api/v1/auth/mfa/policy', { token, body: { policy } })

const begin = (app: TestApp, challengeToken: string) =>
  app.call<TotpEnrollment>('POST', '/api/v1/auth/mfa/enroll', { body: { challengeToken } })

/** A tenant whose members need two factors; its owner has one. */
async function strictTenant() {
  const app = await testApp()
  const before = await app.member()
  expect((await setPolicy(app, before.accessToken, 'required')).status).toBe(200)
  return { app, before }
}

describe('a tenant that asks for a second factor', () => {
  it('lets in who enrols one at the next sign-in, and not before', async () => {
    const { app } = await strictTenant()
    const challenge = await challenged(app)
    expect(challenge).toMatchObject({ methods: [], enroll: ['totp'] })
    const { challengeToken } = challenge
    expect(codeOf(await complete(app, challengeToken, '000000'))).toEqual([401, 'auth/invalid-factor'])
    const { status, body } = await begin(app, challengeToken)
    expect(status).toBe(201)
    const completed = await complete(app, challengeToken, await new Authenticator(app, body).code())
    expect(completed.status).toBe(200)
    expect(completed.body.recoveryCodes).toHaveLength(10)
    expect((await app.me(completed.body.accessToken)).body).toMatchObject({ aal: 2 })
    expect(await challenged(app)).toMatchObject({ methods: ['totp', 'recovery'], enroll: [] })
  })

  it('does not refresh a session of one factor any more', async () => {
    const { app, before } = await strictTenant()
    expect((await app.refresh(before.refreshToken)).status).toBe(401)
  })

  it('keeps the last factor of its members', async () => {
    const { app, before } = await strictTenant()
    const { tokens, factorId } = await enrolled(app, before)
    const remove = () => app.call('DELETE', `/api/v1/auth/mfa/${factorId}`, { token: tokens.accessToken })
    expect(codeOf(await remove())).toEqual([409, 'auth/factor-required'])
    await setPolicy(app, tokens.accessToken, 'optional')
    expect((await remove()).status).toBe(204)
    expect(codeOf(await remove())).toEqual([404, 'auth/factor-not-found'])
    expect((await app.signIn('ada@example.com')).status).toBe(200)
  })

  it('does not let a challenge enrol beside an enrolled factor', async () => {
    const app = await testApp()
    await enrolled(app, await app.member())
    const { challengeToken } = await challenged(app)
    expect(codeOf(await begin(app, challengeToken))).toEqual([409, 'auth/factor-enrolled'])
  })
})

describe('a tenant that has switched second factors off', () => {
  it('enrols none, and still asks for one that is enrolled', async () => {
    const app = await testApp()
    const { tokens, authenticator } = await enrolled(app, await app.member())
    await setPolicy(app, tokens.accessToken, 'off')
    expect(codeOf(await enroll(app, tokens.accessToken))).toEqual([403, 'auth/mfa-off'])
    const { challengeToken } = await challenged(app)
    expect((await complete(app, challengeToken, await authenticator.next())).status).toBe(200)
  })
})

describe('the policy', () => {
  it('is for owners and admins, of their own tenant, and needs a fresh authentication', async () => {
    const app = await testApp()
    const { accessToken } = await app.member('ada@example.com')
    const bob = await app.member('bob@example.com')
    expect((await setPolicy(app, accessToken, 'required')).body).toEqual({ policy: 'required' })
    expect((await app.call('GET', '/api/v1/auth/mfa/policy', { token: accessToken })).body).toEqual({
      policy: 'required',
    })
    expect((await app.call('GET', '/api/v1/auth/mfa/policy', { token: bob.accessToken })).body).toEqual({
      policy: 'optional',
    })
    expect((await setPolicy(app, accessToken, 'sometimes')).status).toBe(400)
    app.clock.advance('15m')
    app.clock.advance('1s')
    const later = (await app.refresh(bob.refreshToken)).body.accessToken
    expect(codeOf(await setPolicy(app, later, 'required'))).toEqual([401, 'http/assurance-required'])
    const changed = (await app.events()).filter(({ type }) => type === 'auth.mfa_policy.changed')
    expect(changed).toMatchObject([{ payload: { policy: 'required' } }])
  })
})
