import { describe, expect, it } from 'vitest'
import { sentLink, verifyAddress, verifyLink } from './magic-links.fixture.ts'
import { completeWith, options, signInWith, type WithPasskey, withPasskey } from './passkeys.fixture.ts'
import { SoftAuthenticator } from './soft-authenticator.fixture.ts'
import { challenged, complete, type Enrolled, enrolled } from './mfa.fixture.ts'
import { lyingProvider } from './lying-provider.fixture.ts'
import { connect, finish, proveDomain, ssoApp, start } from './sso.fixture.ts'
import type { Answer, TestApp } from './support.fixture.ts'

const policies = ['off', 'optional', 'required'] as const
const states = ['none', 'begun', 'confirmed', 'removed', 'passkey', 'both', 'passkey removed'] as const

interface World {
  readonly app: TestApp
  readonly factor: Enrolled | null
  readonly passkey: WithPasskey | null
  /** Signs in with the provider of the tenant, which says so of the methods. */
  readonly federate: (amr: readonly string[]) => Promise<Answer>
}

/** Somebody whose factor is in this state, in a tenant of this policy. */
async function world(state: (typeof states)[number], policy: (typeof policies)[number]): Promise<World> {
  const provider = await lyingProvider()
  const sso = await ssoApp(provider.issuer, { fetcher: provider.fetcher })
  const { app } = sso
  let tokens = await app.member()
  await verifyAddress(app)
  await proveDomain(sso, tokens, 'example.com')
  const connection = await connect(app, tokens, { issuer: provider.issuer, domains: ['example.com'] })
  const federate = async (amr: readonly string[]) => {
    provider.lies.claims = (claims) => ({ ...claims, email: 'ada@example.com', amr })
    const { body } = await start(app, connection.body.id)
    return finish(app, connection.body.id, body, provider.answer(body.url))
  }
  let factor: Enrolled | null = null
  let passkey: WithPasskey | null = null
  if (state === 'begun')
    await app.call('POST', '/api/v1/auth/mfa/totp/enroll', { token: tokens.accessToken, body: {} })
  if (state === 'confirmed' || state === 'removed' || state === 'both') {
    factor = await enrolled(app, tokens)
    ;({ tokens } = factor)
  }
  if (state === 'removed')
    await app.call('DELETE', `/api/v1/auth/mfa/${factor?.factorId}`, { token: tokens.accessToken })
  if (state === 'passkey' || state === 'both' || state === 'passkey removed') {
    passkey = await withPasskey(app, tokens)
    ;({ tokens } = passkey)
  }
  if (state === 'passkey removed')
    await app.call('DELETE', `/api/v1/auth/passkeys/${passkey?.passkey.id}`, { token: tokens.accessToken })
  const body = { policy }
  await app.call('PUT', '/api/v1/auth/mfa/policy', { token: tokens.accessToken, body })
  return { app, factor, passkey, federate }
}

/** Every way to a session that needs no session; each answers what it was given. */
const paths: Readonly<Record<string, (world: World) => Promise<readonly Answer[]>>> = {
  password: async ({ app }) => [await app.signIn('ada@example.com')],
  'password, then no code': async ({ app }) => [
    await complete(app, await token(app), '000000'),
    await complete(app, await token(app), '', 'recovery'),
    await complete(app, await token(app), 'x'.repeat(25), 'recovery'),
  ],
  'password, then enrolling again without confirming': async ({ app }) => {
    const challengeToken = await token(app)
    return [
      await app.call('POST', '/api/v1/auth/mfa/enroll', { body: { challengeToken } }),
      await complete(app, challengeToken, '000000'),
    ]
  },
  'the challenge as a refresh token': async ({ app }) => [await app.refresh(await token(app))],
  'a code of before': async ({ app, factor }) => [
    await complete(app, await token(app), (await factor?.authenticator.code()) ?? '000000'),
  ],
  'a code to come': async ({ app, factor }) => [
    await complete(app, await token(app), (await factor?.authenticator.next()) ?? '000000'),
  ],
  'a recovery code': async ({ app, factor, passkey }) => [
    await complete(app, await token(app), (factor ?? passkey)?.recoveryCodes[0] ?? 'x', 'recovery'),
  ],
  'an identity provider': async ({ federate }) => [await federate(['pwd'])],
  'an identity provider that claims two factors': async ({ federate }) => [await federate(['mfa'])],
  'a passkey': async ({ app, passkey }) => [
    await signInWith(app, await (await deviceOf(passkey)).sign(await options(app))),
  ],
  'a passkey that has not verified its user': async ({ app, passkey }) => {
    const signed = await (await deviceOf(passkey)).sign(await options(app), { userVerified: false })
    return [await signInWith(app, signed), await completeWith(app, await token(app), signed)]
  },
  'password, then a passkey': async ({ app, passkey }) => [
    await completeWith(app, await token(app), await (await deviceOf(passkey)).sign(await options(app))),
  ],
  'password, then the passkey of somebody else': async ({ app }) => {
    const eve = await withPasskey(app, await app.member('eve@example.com'))
    return [await completeWith(app, await token(app), await eve.device.sign(await options(app)))]
  },
  'a magic link': async ({ app }) => [await verifyLink(app, { token: (await sentLink(app)).token })],
  'a code by mail': async ({ app }) => [
    await verifyLink(app, { email: 'ada@example.com', code: (await sentLink(app)).code }),
  ],
  'a magic link, then no code': async ({ app }) => [
    await complete(app, await mailedToken(app), '000000'),
    await app.refresh(await mailedToken(app)),
  ],
  'a magic link, then a code': async ({ app, factor }) => [
    await complete(app, await mailedToken(app), (await factor?.authenticator.next()) ?? '000000'),
  ],
  'a magic link, then a passkey': async ({ app, passkey }) => [
    await completeWith(app, await mailedToken(app), await (await deviceOf(passkey)).sign(await options(app))),
  ],
}

/** One that was never registered when there is none. */
const deviceOf = async (passkey: WithPasskey | null): Promise<SoftAuthenticator> =>
  passkey?.device ?? SoftAuthenticator.create()

/** Each is one factor, whatever a provider claims that nobody trusts. */
const firstFactors = [
  'password',
  'a magic link',
  'a code by mail',
  'an identity provider',
  'an identity provider that claims two factors',
]

const noToken = `csc_${'A'.repeat(43)}`

/** Of a challenge that a mail led to; something that is none when there is no challenge. */
async function mailedToken(app: TestApp): Promise<string> {
  const { body } = await verifyLink(app, { token: (await sentLink(app)).token })
  return (body as { readonly challengeToken?: string }).challengeToken ?? noToken
}

/** Of a challenge; something that is none when there is no challenge. */
async function token(app: TestApp): Promise<string> {
  return challenged(app).then(
    ({ challengeToken }) => challengeToken,
    () => noToken,
  )
}

interface Found {
  readonly accessToken?: string
  readonly refreshToken?: string
  readonly tokens?: Found
}

describe.each(policies)('in a tenant whose policy is %s', (policy) => {
  describe.each(states)('with a factor that is %s', (state) => {
    const hasApp = state === 'confirmed' || state === 'both'
    const hasPasskey = state === 'passkey' || state === 'both'
    const least = hasApp || hasPasskey || policy === 'required' ? 2 : 1

    it.each(Object.keys(paths))(`%s gives no session below level ${least}`, async (path) => {
      const world_ = await world(state, policy)
      const { app } = world_
      let sessions = 0
      for (const { body } of (await paths[path]?.(world_)) ?? []) {
        const { accessToken, refreshToken } = (body as Found | undefined) ?? {}
        if (accessToken === undefined || refreshToken === undefined) continue
        sessions += 1
        for (const current of [accessToken, (await app.refresh(refreshToken)).body.accessToken]) {
          const { aal } = (await app.me(current)).body as { aal?: number }
          expect(aal).toBeGreaterThanOrEqual(least)
        }
      }
      const opens = new Set<string>()
      if (least === 1) for (const path_ of firstFactors) opens.add(path_)
      if (hasApp) opens.add('a code to come').add('a magic link, then a code')
      if (hasApp || hasPasskey) opens.add('a recovery code')
      if (hasPasskey)
        opens.add('a passkey').add('password, then a passkey').add('a magic link, then a passkey')
      expect(sessions > 0).toBe(opens.has(path))
    })
  })
})
