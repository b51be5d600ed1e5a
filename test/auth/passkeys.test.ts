import type { Tokens } from '@corbel/auth'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { challenged, complete, enrolled, stepUp } from './mfa.fixture.ts'
import {
  completeWith,
  options,
  passkeySignIn,
  register,
  registrationOptions,
  signInWith,
  withPasskey,
} from './passkeys.fixture.ts'
import { type Mischief, SoftAuthenticator } from './soft-authenticator.fixture.ts'
import { type Answer, password, publicUrl, type TestApp, testApp } from './support.fixture.ts'

const codeOf = ({ status, body }: Answer) => [status, (body as { code?: string } | undefined)?.code]
const refused = [401, 'auth/invalid-passkey']
const typesOf = async (app: TestApp) => (await app.events()).map(({ type }) => type)

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('registering a passkey', () => {
  it('asks for a discoverable one with user verification, of the host of the public address', async () => {
    const app = await testApp()
    const { accessToken } = await app.member()
    const { body } = await registrationOptions(app, accessToken)
    expect(body).toMatchObject({
      rp: { id: 'app.example.com', name: 'Corbel' },
      user: { name: 'ada@example.com', displayName: 'ada@example.com' },
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      attestation: 'none',
      excludeCredentials: [],
      timeout: 300_000,
    })
    expect(body.pubKeyCredParams.map(({ alg }) => alg)).toEqual([-8, -7, -257])
    expect(body.challenge).toMatch(/^[\w-]{75}$/)
    const { passkey } = await withPasskey(app, (await app.signIn('ada@example.com')).body)
    expect(passkey).toMatchObject({ label: 'Laptop', synced: false, lastUsedAt: null })
  })

  it.each(['ES256', 'EdDSA'] as const)(
    'takes %s, makes the session one of two factors and ends others',
    async (algorithm) => {
      const app = await testApp()
      const other = await app.member()
      const first = (await app.signIn('ada@example.com')).body
      const device = await SoftAuthenticator.create(algorithm)
      const { tokens, recoveryCodes } = await withPasskey(app, first, device)
      expect(recoveryCodes).toHaveLength(10)
      expect((await app.me(tokens.accessToken)).body).toMatchObject({ aal: 2, amr: ['pwd', 'pop', 'mfa'] })
      expect((await app.me(other.accessToken)).status).toBe(401)
      expect((await app.refresh(tokens.refreshToken)).status).toBe(200)
      const signedIn = await passkeySignIn(app, device)
      expect(signedIn.status).toBe(200)
      expect((await app.me(signedIn.body.accessToken)).body).toMatchObject({ aal: 2, amr: ['pop', 'mfa'] })
      await app.events()
      expect(app.mailer.sent.map(({ text }) => text).join()).toContain('A second factor was added')
    },
  )

  it('is listed with what names it, and excluded from the next registration', async () => {
    const app = await testApp()
    const { tokens, passkey, device } = await withPasskey(app, await app.member())
    const { accessToken: token } = tokens
    await passkeySignIn(app, device)
    const list = await app.call('GET', '/api/v1/auth/passkeys', { token })
    const lastUsedAt = app.clock.now().toISOString()
    expect(list.body).toEqual({ data: [{ ...passkey, lastUsedAt }] })
    const overview = await app.call('GET', '/api/v1/auth/mfa', { token })
    expect(overview.body).toMatchObject({ factors: [{ id: passkey.id, kind: 'passkey' }], recoveryCodes: 10 })
    const { body } = await registrationOptions(app, token)
    expect(body.excludeCredentials).toEqual([{ type: 'public-key', id: device.id, transports: ['internal'] }])
    const second = await withPasskey(app, tokens)
    expect(second.recoveryCodes).toEqual([])
    expect((await passkeySignIn(app, second.device)).status).toBe(200)
  })

  it('refuses a credential that is registered, whoever brings it', async () => {
    const app = await testApp()
    const { device } = await withPasskey(app, await app.member())
    const bob = await app.member('bob@example.com')
    const { body } = await registrationOptions(app, bob.accessToken)
    const again = await register(app, bob.accessToken, await device.register(body))
    expect(codeOf(again)).toEqual([409, 'auth/passkey-taken'])
    expect((await app.signIn('bob@example.com')).status).toBe(200)
  })

  it('needs both factors of who has two, a fresh authentication, and a tenant that has not switched them off', async () => {
    const app = await testApp()
    const member = await app.member()
    const { tokens } = await enrolled(app, member)
    const { refreshToken } = tokens
    const policy = { token: tokens.accessToken, body: { policy: 'off' } }
    await app.call('PUT', '/api/v1/auth/mfa/policy', policy)
    expect(codeOf(await registrationOptions(app, tokens.accessToken))).toEqual([403, 'auth/mfa-off'])
    await app.call('PUT', '/api/v1/auth/mfa/policy', { ...policy, body: { policy: 'optional' } })
    // Its token is of one factor and still good for some minutes.
    const old = await registrationOptions(app, member.accessToken)
    expect(codeOf(old)).toEqual([401, 'auth/second-factor-needed'])
    app.clock.advance('16m')
    const stale = (await app.refresh(refreshToken)).body.accessToken
    expect(codeOf(await registrationOptions(app, stale))).toEqual([401, 'http/assurance-required'])
  })

  const hostile: Readonly<Record<string, Mischief>> = {
    'another origin': { origin: 'https://evil.example.com' },
    'an origin with another port': { origin: `${publicUrl}:8443` },
    'another relying party': { rpId: 'example.com' },
    'no user verification': { userVerified: false },
    'no user presence': { userPresent: false },
    'an answer to another question': { type: 'webauthn.get' },
    'a challenge that is none of ours': { challenge: 'A'.repeat(75) },
    'an id that is not that of the key': { id: 'AAAA' },
    'a statement of an unknown form': { attestation: ['unheard-of', new Map()] },
    'no statement, and something in it': { attestation: ['none', new Map([['sig', 1]])] },
  }

  it.each(Object.entries(hostile))('refuses %s', async (_, mischief) => {
    const app = await testApp()
    const { accessToken } = await app.member()
    const device = await SoftAuthenticator.create()
    const { body } = await registrationOptions(app, accessToken)
    const answer = await register(app, accessToken, await device.register(body, mischief))
    expect(codeOf(answer)).toEqual([400, 'auth/passkey-refused'])
    // The refusal has used nothing up.
    expect((await register(app, accessToken, await device.register(body))).status).toBe(201)
  })

  it('refuses a challenge of another user, a used one, one to sign in with, and one of long ago', async () => {
    const app = await testApp()
    const ada = await app.member()
    const bob = await app.member('bob@example.com')
    const device = await SoftAuthenticator.create()
    const { body: forAda } = await registrationOptions(app, ada.accessToken)
    const { body: forBob } = await registrationOptions(app, bob.accessToken)
    const attempt = async (challenge: string) =>
      codeOf(await register(app, ada.accessToken, await device.register(forAda, { challenge })))
    const refusal = [400, 'auth/passkey-refused']
    expect(await attempt(forBob.challenge)).toEqual(refusal)
    expect(await attempt((await options(app)).challenge)).toEqual(refusal)
    const { tokens } = await withPasskey(app, ada, device)
    const second = await SoftAuthenticator.create()
    const { body } = await registrationOptions(app, tokens.accessToken)
    expect((await register(app, tokens.accessToken, await second.register(body))).status).toBe(201)
    const third = await SoftAuthenticator.create()
    expect(codeOf(await register(app, tokens.accessToken, await third.register(body)))).toEqual(refusal)
    const late = (await registrationOptions(app, tokens.accessToken)).body
    app.clock.advance('5m')
    expect(codeOf(await register(app, tokens.accessToken, await third.register(late)))).toEqual(refusal)
  })

  it('takes a statement that the passkey makes of itself, and asks nobody about any other', async () => {
    const app = await testApp()
    const { accessToken } = await app.member()
    const fetched: unknown[] = []
    vi.stubGlobal('fetch', async (url: unknown) => {
      fetched.push(url)
      throw new Error('no network here')
    })
    const device = await SoftAuthenticator.create()
    const { body } = await registrationOptions(app, accessToken)
    for (const [format, statement] of [
      [
        'packed',
        new Map<string, number | Uint8Array | Uint8Array[]>([
          ['alg', -7],
          ['sig', new Uint8Array(70)],
          ['x5c', [new Uint8Array(300)]],
        ]),
      ],
      [
        'fido-u2f',
        new Map<string, Uint8Array | Uint8Array[]>([
          ['sig', new Uint8Array(70)],
          ['x5c', [new Uint8Array(300)]],
        ]),
      ],
      [
        'android-safetynet',
        new Map<string, string | Uint8Array>([
          ['ver', '1'],
          ['response', new Uint8Array(300)],
        ]),
      ],
    ] as const) {
      const answer = await register(
        app,
        accessToken,
        await device.register(body, { attestation: [format, statement] }),
      )
      expect(codeOf(answer)).toEqual([400, 'auth/passkey-refused'])
    }
    const certified = await device.certifiedAttestation(body, 'http://crl.evil.test/list')
    const sound = await register(app, accessToken, await device.register(body, certified))
    expect(codeOf(sound)).toEqual([400, 'auth/passkey-refused'])
    const own = await device.selfAttestation(body)
    expect((await register(app, accessToken, await device.register(body, own))).status).toBe(201)
    expect(fetched).toEqual([])
  })
})

describe('signing in with a passkey', () => {
  async function world(algorithm: 'ES256' | 'EdDSA' = 'ES256', counter = 1) {
    const app = await testApp()
    const made = await withPasskey(
      app,
      await app.member(),
      await SoftAuthenticator.create(algorithm, counter),
    )
    return { app, ...made }
  }

  it('begins with a challenge of its own that names no account', async () => {
    const { app } = await world()
    const first = await options(app)
    expect(first).toEqual({
      challenge: expect.stringMatching(/^[\w-]{75}$/),
      rpId: 'app.example.com',
      timeout: 300_000,
      userVerification: 'required',
    })
    expect((await options(app)).challenge).not.toBe(first.challenge)
  })

  const hostile: Readonly<Record<string, Mischief>> = {
    'another origin': { origin: 'https://app.example.com.evil.com' },
    'an origin that is not encrypted': { origin: 'http://app.example.com' },
    'another relying party': { rpId: 'evil.example.com' },
    'no user verification': { userVerified: false },
    'no user presence': { userPresent: false },
    'a frame of another site': { crossOrigin: true, topOrigin: 'https://evil.example.com' },
    'an answer to another question': { type: 'webauthn.create' },
    'a challenge that is none of ours': { challenge: 'A'.repeat(75) },
    'a challenge that is none at all': { challenge: '' },
    'a user handle of somebody else': {
      userHandle: Buffer.from(`usr_${'0'.repeat(26)}`).toString('base64url'),
    },
    'a passkey that can suddenly be copied': { backupEligible: true },
    'an id that nobody registered': { id: 'AAAA' },
  }

  it.each(Object.entries(hostile))('refuses %s, and signs in without it', async (_, mischief) => {
    const { app, device } = await world('EdDSA')
    expect(codeOf(await signInWith(app, await device.sign(await options(app), mischief)))).toEqual(refused)
    expect((await passkeySignIn(app, device)).status).toBe(200)
  })

  it('refuses the signature of another key under an id that is registered', async () => {
    const { app, device } = await world()
    const thief = await SoftAuthenticator.create()
    const bob = await withPasskey(app, await app.member('bob@example.com'), thief)
    const response = await thief.sign(await options(app))
    const claimed = { ...response, id: device.id, rawId: device.id }
    expect(codeOf(await signInWith(app, claimed))).toEqual(refused)
    const { userHandle } = (await device.sign(await options(app))).response
    const forged = { ...claimed, response: { ...response.response, userHandle } }
    expect(codeOf(await signInWith(app, forged))).toEqual(refused)
    expect((await passkeySignIn(app, bob.device)).status).toBe(200)
  })

  it('takes a challenge once, from the client that asked for it, within five minutes', async () => {
    const { app, device } = await world('ES256', 0)
    const response = await device.sign(await options(app))
    const elsewhere = await app.call('POST', '/api/v1/auth/passkeys/authenticate/verify', {
      body: { response },
      headers: { 'user-agent': 'another' },
    })
    expect(codeOf(elsewhere)).toEqual(refused)
    expect((await signInWith(app, response)).status).toBe(200)
    expect(codeOf(await signInWith(app, response))).toEqual(refused)
    const again = await device.sign({ ...(await options(app)), challenge: (await options(app)).challenge })
    app.clock.advance('5m')
    expect(codeOf(await signInWith(app, again))).toEqual(refused)
    expect(await typesOf(app)).not.toContain('auth.passkey.copy_suspected')
  })

  it('refuses a counter that does not grow, tells the owner, and writes it down', async () => {
    const { app, device } = await world()
    expect((await passkeySignIn(app, device)).status).toBe(200)
    const { counter } = device
    await app.events()
    const before = app.mailer.sent.length
    for (const seen of [counter, counter - 1, 0]) {
      const copy = await device.sign(await options(app), { counter: seen })
      expect(codeOf(await signInWith(app, copy))).toEqual(refused)
    }
    expect((await typesOf(app)).filter((type) => type === 'auth.passkey.copy_suspected')).toHaveLength(3)
    expect(app.mailer.sent.slice(before).map(({ to, text }) => [to, text.split('.')[0]])).toEqual(
      Array.from({ length: 3 }, () => [
        'ada@example.com',
        'A passkey of your account was refused, for there may be a copy of it',
      ]),
    )
    expect((await passkeySignIn(app, device)).status).toBe(200)
  })

  it('is not stopped by strangers who lock the account', async () => {
    const { app, device } = await world()
    const stranger = { ip: '198.51.100.7', headers: { 'user-agent': 'stranger' } }
    const body = { email: 'ada@example.com', password: 'a wrong password' }
    for (let i = 0; i < 6; i++) await app.call('POST', '/api/v1/auth/token', { body, ...stranger })
    const locked = await app.call('POST', '/api/v1/auth/token', { body: { ...body, password }, ...stranger })
    expect(locked.status).toBe(429)
    expect((await passkeySignIn(app, device)).status).toBe(200)
  })

  it('goes to the tenant that is asked for, if it is one of the user', async () => {
    const { app, device, tokens } = await world()
    const { tenantId } = await app.member('bob@example.com')
    const foreign = await signInWith(app, await device.sign(await options(app)), { tenantId })
    expect(codeOf(foreign)).toEqual([403, 'auth/not-a-member'])
    const own = await signInWith(app, await device.sign(await options(app)), { tenantId: tokens.tenantId })
    expect(own.body.tenantId).toBe(tokens.tenantId)
  })

  it('is no way around an address that must be verified', async () => {
    const clock = (await testApp()).clock
    const lax = await testApp({ clock })
    const { device } = await withPasskey(lax, await lax.member())
    const { storage, vault } = lax
    const strict = await testApp({ clock, storage, vault, settings: { REQUIRE_EMAIL_VERIFICATION: 'true' } })
    expect(codeOf(await passkeySignIn(strict, device))).toEqual(refused)
    expect(await typesOf(strict)).toContain('auth.email_verification.requested')
  })

  it.each([
    ['no answer', {}],
    ['an empty one', { response: {} }],
    ['one of another kind', { response: { id: 'AAAA', rawId: 'AAAA', type: 'password', response: {} } }],
    [
      'no user handle',
      {
        response: {
          id: 'AA',
          rawId: 'AA',
          type: 'public-key',
          response: { clientDataJSON: 'AA', authenticatorData: 'AA', signature: 'AA' },
        },
      },
    ],
  ])('refuses %s as a bad request', async (_, body) => {
    const { app } = await world()
    const answer = await app.call('POST', '/api/v1/auth/passkeys/authenticate/verify', { body })
    expect(answer.status).toBe(400)
  })

  it.each(['clientDataJSON', 'authenticatorData', 'signature'] as const)(
    'refuses rubbish for %s',
    async (member) => {
      const { app, device } = await world()
      const response = await device.sign(await options(app))
      for (const rubbish of ['AA', 'e30', 'bnVsbA', 'A'.repeat(16_000)]) {
        const body = { ...response, response: { ...response.response, [member]: rubbish } }
        expect(codeOf(await signInWith(app, body))).toEqual(refused)
      }
    },
  )
})

describe('a passkey as a second factor', () => {
  it('is asked for after the password, and completes the sign-in once', async () => {
    const app = await testApp()
    const { device, recoveryCodes } = await withPasskey(app, await app.member())
    const challenge = await challenged(app)
    expect(challenge).toMatchObject({ methods: ['passkey', 'recovery'], enroll: [] })
    const response = await device.sign(await options(app))
    const { status, body } = await completeWith(app, challenge.challengeToken, response)
    expect(status).toBe(200)
    expect((await app.me(body.accessToken)).body).toMatchObject({ aal: 2, amr: ['pwd', 'pop', 'mfa'] })
    const replay = await completeWith(app, (await challenged(app)).challengeToken, response)
    expect(codeOf(replay)).toEqual([401, 'auth/invalid-factor'])
    const spare = await complete(
      app,
      (await challenged(app)).challengeToken,
      recoveryCodes[0] ?? '',
      'recovery',
    )
    expect(spare.status).toBe(200)
  })

  it('is not the passkey of another account', async () => {
    const app = await testApp()
    await withPasskey(app, await app.member())
    const bob = await withPasskey(app, await app.member('bob@example.com'))
    const { challengeToken } = await challenged(app)
    const foreign = await completeWith(app, challengeToken, await bob.device.sign(await options(app)))
    expect(codeOf(foreign)).toEqual([401, 'auth/invalid-factor'])
    // It was not used up for its own account either.
    expect((await passkeySignIn(app, bob.device)).status).toBe(200)
  })

  it('counts in the one budget of the account', async () => {
    const app = await testApp()
    const { device } = await withPasskey(app, await app.member())
    for (let i = 0; i < 5; i++) {
      const { challengeToken } = await challenged(app)
      const wrong = await device.sign(await options(app), { userVerified: false })
      expect(codeOf(await completeWith(app, challengeToken, wrong))).toEqual([401, 'auth/invalid-factor'])
    }
    expect(codeOf(await app.signIn('ada@example.com'))).toEqual([429, 'auth/too-many-attempts'])
  })

  it('authenticates again within a session', async () => {
    const app = await testApp()
    const { device, tokens } = await withPasskey(app, await app.member())
    app.clock.advance('16m')
    const { accessToken } = (await app.refresh(tokens.refreshToken)).body
    expect(codeOf(await registrationOptions(app, accessToken))).toEqual([401, 'http/assurance-required'])
    const response = await device.sign(await options(app))
    const { status, body } = await stepUp(app, accessToken, { method: 'passkey', response })
    expect(status).toBe(200)
    expect((await registrationOptions(app, body.accessToken)).status).toBe(200)
    const again = await stepUp(app, body.accessToken, { method: 'passkey', response })
    expect(codeOf(again)).toEqual([401, 'auth/invalid-factor'])
    const eve = await withPasskey(app, await app.member('eve@example.com'))
    const foreign = { method: 'passkey', response: await eve.device.sign(await options(app)) }
    expect(codeOf(await stepUp(app, body.accessToken, foreign))).toEqual([401, 'auth/invalid-factor'])
  })
})

describe('removing a passkey', () => {
  const remove = (app: TestApp, { accessToken: token }: Tokens, id: string) =>
    app.call('DELETE', `/api/v1/auth/passkeys/${id}`, { token })

  it('ends its sign-ins, and with the last factor the recovery codes', async () => {
    const app = await testApp()
    const { device, tokens, passkey } = await withPasskey(app, await app.member())
    expect((await remove(app, tokens, passkey.id)).status).toBe(204)
    expect(codeOf(await passkeySignIn(app, device))).toEqual(refused)
    expect((await app.signIn('ada@example.com')).status).toBe(200)
    expect(codeOf(await remove(app, tokens, passkey.id))).toEqual([404, 'auth/factor-not-found'])
    expect(await typesOf(app)).toContain('auth.factor.removed')
    // The same key may come back.
    const { body } = await app.signIn('ada@example.com')
    expect((await withPasskey(app, body, device)).recoveryCodes).toHaveLength(10)
  })

  it('is for its owner, for passkeys only, and not for the last factor that the tenant asks for', async () => {
    const app = await testApp()
    const ada = await withPasskey(app, await app.member())
    const bob = await enrolled(app, await app.member('bob@example.com'))
    expect((await remove(app, bob.tokens, ada.passkey.id)).status).toBe(404)
    expect((await remove(app, bob.tokens, bob.factorId)).status).toBe(404)
    const { accessToken: token } = ada.tokens
    await app.call('PUT', '/api/v1/auth/mfa/policy', { token, body: { policy: 'required' } })
    expect(codeOf(await remove(app, ada.tokens, ada.passkey.id))).toEqual([409, 'auth/factor-required'])
    expect((await passkeySignIn(app, ada.device)).status).toBe(200)
  })
})
