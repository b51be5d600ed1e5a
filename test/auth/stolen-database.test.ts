import { nodeFetcher } from '@corbel/adapters/node-fetcher'
import { oidcIdentityProvider } from '@corbel/adapters/oidc'
import { manualClock } from '@corbel/core/ports'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  openIdProvider,
  type OpenIdProvider,
} from '../../examples/reference-host/src/tour/openid-provider.ts'
import { statusApp } from '../status/status-app.fixture.ts'
import { openReceiver, type Receiver } from '../tenant/webhook-receiver.fixture.ts'
import { backends, openStorage, type OpenStorage, openTimeout } from '../storages.ts'
import { basic, client, issue, machineApp, requestSecret, send, signedRequest } from './machines.fixture.ts'
import { unlimited } from '../unlimited.ts'
import { bytesOf, challenged, complete, enroll, Authenticator, stepUp, verify } from './mfa.fixture.ts'
import { Browser, cookieMode, samePage } from './browser.fixture.ts'
import { sentLink, verifyAddress } from './magic-links.fixture.ts'
import { withPasskey } from './passkeys.fixture.ts'
import { finish } from './sso.fixture.ts'
import {
  federate,
  type Federation,
  type StatusApp,
  signs,
  subscribe,
  tenantWebhook,
} from './stolen-secrets.fixture.ts'
import { password, peppers, publicUrl, type TestApp } from './support.fixture.ts'

const initial = 'nine green kites over the harbour'
const next = 'seven new lamps in the attic'
const databases = (await backends()).filter((backend) => backend !== 'memory')

describe.each(databases)('a stolen database on %s', (backend) => {
  const clock = manualClock()
  let database: OpenStorage
  let app: TestApp
  let page: StatusApp
  let provider: OpenIdProvider
  let receiver: Receiver
  let federation: Federation
  let subscriptions: Awaited<ReturnType<typeof subscribe>>
  let secrets: readonly string[]
  let words: ReadonlySet<string>
  let dump: string

  beforeAll(async () => {
    database = await openStorage(backend, { clock })
    ;[provider, receiver] = await Promise.all([openIdProvider(publicUrl), openReceiver()])
    const fetcher = nodeFetcher({ allow: ['127.0.0.1'] })
    const records = new Map<string, string>()
    app = await machineApp({
      clock,
      fetcher,
      storage: database.storage,
      settings: patient,
      rateLimiter: unlimited,
      identityProvider: oidcIdentityProvider({ fetcher, plainHttpOrigins: [provider.issuer] }),
      domainVerifier: { listTexts: async (name) => [records.get(name) ?? []].flat() },
    })
    // Read in between as well: what is spent leaves its row.
    const dumps: string[] = []
    const look = async () => void dumps.push(await dumpOf(database))
    const own = await scenario(app, look)
    federation = await federate(app, provider, records, look)
    const signing = await tenantWebhook(app, receiver)
    await app.events()
    page = await statusApp({ clock, fetcher, storage: database.storage, rateLimiter: unlimited })
    subscriptions = await subscribe(page, receiver, look)
    secrets = [...own, ...federation.secrets, ...signing, ...subscriptions.secrets]
    await app.register('eve@example.com')
    dump = [...dumps, await dumpOf(database)].join('\n')
    words = new Set(dump.match(/[\w.$+/=:~-]{8,}/g))
  }, openTimeout)
  afterAll(async () => {
    receiver.close()
    await Promise.all([provider.close(), database.close()])
  })

  /** Whether what is sent there gives a token. */
  async function opened(path: string, body: object): Promise<boolean> {
    const answer = await app.call<object | undefined>('POST', path, { body })
    return /"(?:accessToken|token|secret|refreshToken)":/.test(JSON.stringify(answer.body ?? {}))
  }

  it('has no secret that was ever sent', () => {
    expect(secrets.length).toBeGreaterThan(45)
    // The scan sees what is kept, else it could not fail.
    for (const kept of ['ada@example.com', 'auth.session.reuse_detected', 'auth.recovery_code.used'])
      expect(dump).toContain(kept)
    for (const secret of secrets) {
      const spellings = [secret, secret.replace(/^c[a-z]{2}_(?:[a-z]+_)?/, ''), secret.replaceAll('-', '')]
      for (const spelling of spellings)
        expect(`${spelling}: ${dump.includes(spelling)}`).toBe(`${spelling}: false`)
    }
  })

  it('has a scan that finds what is there', async () => {
    const id = dump.match(/usr_\w{26}/)?.[0] ?? ''
    expect(words).toContain(id)
    expect(words.size).toBeGreaterThan(200)
  })

  it('has no string that is a bearer token', async () => {
    for (const word of words) expect([word, (await app.me(word)).status]).toEqual([word, 401])
  })

  it('has no string that is a cookie, or half of one', async () => {
    const renew = { method: 'POST', path: '/api/v1/auth/refresh' }
    const read = { method: 'GET', path: '/api/v1/auth/me' }
    for (const word of words) {
      for (const [value, { method, path }] of [
        [word, read],
        [`x~${word}`, read],
        [`${word}~x`, renew],
        [`crt_${word}~x`, renew],
      ] as const) {
        const headers = { ...samePage, cookie: `__Host-session=${value}` }
        const { status } = await app.call(method, path, { headers })
        expect([value, status]).toEqual([value, 401])
      }
    }
  }, 120_000)

  it('has no string that any endpoint takes in its body', async () => {
    const before = (await app.events()).length
    for (const word of words) {
      for (const [path, prefix, body] of doors) {
        for (const typed of [word, prefix + word])
          expect([path, typed, await opened(path, body(typed))]).toEqual([path, typed, false])
      }
    }
    const changes = (await app.events()).slice(before).map(({ type }) => type)
    expect(changes.filter((type) => !/failed|refused|denied|rejected/.test(type))).toEqual([])
  }, 120_000)

  it('would be seen to have one: the same doors open to what was sent', async () => {
    const { accessToken, refreshToken } = (await app.signIn('eve@example.com')).body
    expect((await app.me(accessToken)).status).toBe(200)
    expect(await opened('/api/v1/auth/refresh', { refreshToken })).toBe(true)
    const browser = new Browser(app)
    await browser.signIn({ email: 'eve@example.com', password })
    expect((await browser.call('GET', '/api/v1/auth/me')).status).toBe(200)
    expect((await browser.call('POST', '/api/v1/auth/refresh')).status).toBe(200)
  })

  it('has no string that is a password, a code or the secret of a client', async () => {
    const clientId = dump.match(/svc_\w{26}/)?.[0] ?? ''
    const some = [...words].filter((word) => word.length >= 16)
    for (const word of some) {
      const oauth = await send(
        app,
        '/oauth/token',
        { grant_type: 'client_credentials' },
        basic(clientId, word),
      )
      expect([word, oauth.status]).toEqual([word, 401])
      const refresh = { grant_type: 'refresh_token', client_id: 'corbel', refresh_token: `crt_${word}` }
      expect([word, (await send(app, '/oauth/token', refresh)).status]).toEqual([word, 400])
    }
  }, 120_000)

  it('has no string, and no two halves, that finish a sign-in by a provider', async () => {
    const { db } = database
    if (!db) throw new Error('a database was asked for')
    const { rows } = await sql<{ digest: string; browser: string }>`
      select digest, browser from corbel_sso_states`.execute(db)
    expect(rows.length).toBeGreaterThan(0)
    const halves = [
      ...rows.map(({ digest, browser }) => [digest, browser] as const),
      ...[...words].map((word) => [word, word] as const),
    ]
    for (const [state, browserSecret] of halves) {
      const answer = await finish(
        app,
        federation.connectionId,
        { state, browserSecret },
        { state, code: 'x' },
      )
      expect([state, answer.status]).toEqual([state, 400])
    }
  }, 120_000)

  it('has no string that signs what a webhook takes', () => {
    const [challenge, ...others] = receiver.challenges
    if (!challenge) throw new Error('the webhook was not asked')
    expect(secrets.filter((secret) => signs(secret, challenge))).toHaveLength(1)
    for (const word of words)
      for (const received of [challenge, ...others])
        expect([word, signs(word, received)]).toEqual([word, false])
  })

  it('has no string that proves an address to the status page, or ends a subscription', async () => {
    const path = '/api/v1/status/subscriptions'
    const ids = [...new Set(dump.match(/sbr_\w{26}/g))]
    expect(ids.length).toBeGreaterThanOrEqual(4)
    const macs = [...words].filter((word) => /^[\w-]{43}$/.test(word))
    // Longer ones are of no form that is looked at.
    const plain = [...words].filter((word) => word.length <= 200)
    const tokens = [...plain, ...ids.flatMap((id) => macs.map((mac) => `${id}.${mac}`))]
    for (const token of tokens) {
      for (const action of ['verify', 'challenge'])
        expect([token, (await page.call('POST', `${path}/${action}`, { body: { token } })).status]).toEqual([
          token,
          422,
        ])
      const ended = await page.fetch('POST', `/status/unsubscribe?token=${encodeURIComponent(token)}`)
      expect([token, ended.status]).not.toEqual([token, 200])
    }
    const [mailed, challenged] = subscriptions.pending
    expect((await page.call('POST', `${path}/verify`, { body: { token: mailed } })).status).toBe(200)
    expect((await page.call('POST', `${path}/challenge`, { body: { token: challenged } })).status).toBe(200)
    expect((await page.fetch('POST', `/status/unsubscribe?token=${subscriptions.ends}`)).status).toBe(200)
  }, 120_000)

  it('opens no ciphertext in the row of another', async () => {
    const { db } = database
    if (!db) throw new Error('a database was asked for')
    const eve = (await app.signIn('eve@example.com')).body
    const { body } = await enroll(app, eve.accessToken)
    const theirs = new Authenticator(app, body)
    await verify(app, eve.accessToken, body.id, await theirs.code())
    const { rows } = await sql<{ id: string; secret: Uint8Array }>`
      select id, secret from corbel_factors where secret is not null order by id`.execute(db)
    expect(rows.length).toBeGreaterThan(1)
    const [first, second] = rows
    await sql`update corbel_factors set secret = case id
      when ${first?.id} then (select secret from corbel_factors where id = ${second?.id})
      else (select secret from corbel_factors where id = ${first?.id}) end
      where id in (${first?.id}, ${second?.id})`.execute(db)
    const { challengeToken } = await challenged(app, 'eve@example.com')
    expect((await complete(app, challengeToken, await theirs.next())).status).toBe(500)
  })
})

/** Where a secret is taken in a body, and how it begins. */
const doors: readonly (readonly [path: string, prefix: string, (word: string) => object])[] = [
  ['/api/v1/auth/refresh', 'crt_', (word) => ({ refreshToken: word })],
  ['/api/v1/auth/logout', 'crt_', (word) => ({ refreshToken: word })],
  ['/api/v1/auth/magic-links/verify', 'cml_', (word) => ({ token: word })],
  ['/api/v1/auth/email/verify', 'cev_', (word) => ({ token: word })],
  ['/api/v1/auth/password/confirm', 'cpr_', (word) => ({ token: word, newPassword: `${next} again` })],
  [
    '/api/v1/auth/mfa/complete',
    'csc_',
    (word) => ({ challengeToken: word, method: 'recovery', code: word.slice(-40) }),
  ],
  ['/api/v1/auth/mfa/enroll', 'csc_', (word) => ({ challengeToken: word })],
  ['/api/v1/auth/service-accounts/issue', 'ey', (word) => ({ signedRequest: word })],
]

const patient = {
  ...cookieMode,
  AUTH_ACCOUNT_RATE_LIMIT_PER_MINUTE: '0',
  AUTH_NETWORK_RATE_LIMIT_PER_MINUTE: '0',
  AUTH_TENANT_RATE_LIMIT_PER_MINUTE: '0',
  AUTH_SIGN_IN_RATE_LIMIT_PER_MINUTE: '0',
  AUTH_LOCKOUT_THRESHOLD: '50',
  AUTH_IP_LOCKOUT_THRESHOLD: '1000',
  AUTH_MAX_CONSECUTIVE_FAILURES: '100',
  MFA_VERIFY_RATE_LIMIT_PER_HOUR: '0',
}

/** Everything that anybody can do, once; gives every secret that was typed or handed out on the way. */
async function scenario(app: TestApp, look: () => Promise<void>): Promise<readonly string[]> {
  const found: string[] = [initial, next, password, requestSecret, ...Object.values(peppers)]
  const note = (body: unknown): void => {
    if (typeof body !== 'object' || body === null) return
    for (const [key, value] of Object.entries(body)) {
      const isSecret =
        /^(?:accessToken|refreshToken|challengeToken|token|key|secret|clientSecret|access_token)$/
      if (isSecret.test(key) && typeof value === 'string' && value.length > 8) found.push(value)
      else if (key === 'recoveryCodes') found.push(...(value as string[]))
      else note(value)
    }
  }
  const call = app.call.bind(app)
  app.call = async (method, path, options) => {
    const answer = await call(method, path, options)
    if (method !== 'GET') note(answer.body)
    return answer as never
  }
  const forgot = async () => {
    await app.call('POST', '/api/v1/auth/password/forgot', { body: { email: 'ada@example.com' } })
    await app.events()
    return app.mailer.sent.findLast(({ subject }) => subject.startsWith('A new password'))?.code ?? ''
  }

  await app.register('ada@example.com', { password: initial })
  const first = (await app.signIn('ada@example.com', { password: initial })).body
  await app.register('ada@example.com')
  await app.signIn('ada@example.com', { password: 'a wrong password that nobody has' })
  await app.events()
  await look()
  const verification = app.mailer.sent.find(({ code }) => code)?.code
  await app.call('POST', '/api/v1/auth/email/verify', { body: { token: verification } })
  await app.refresh(first.refreshToken)
  app.clock.advance('11s')
  await app.refresh(first.refreshToken)

  const reset = await forgot()
  await look()
  await app.call('POST', '/api/v1/auth/password/confirm', { body: { token: reset, newPassword: next } })
  let token = (await app.signIn('ada@example.com', { password: next })).body.accessToken
  await app.call('POST', '/api/v1/auth/password/change', {
    token,
    body: { currentPassword: next, newPassword: password },
  })
  ;({ accessToken: token } = (await app.signIn('ada@example.com')).body)
  await stepUp(app, token, { method: 'password', password })

  const robot = await client(app, (await app.signIn('ada@example.com')).body.accessToken)
  const granted = await send(
    app,
    '/oauth/token',
    { grant_type: 'client_credentials' },
    basic(robot.id, robot.clientSecret ?? ''),
  )
  note(granted.body)
  token = (await app.signIn('ada@example.com')).body.accessToken
  await app.call('POST', '/api/v1/auth/api-keys', {
    token,
    body: { name: 'laptop', scopes: ['tenant:read'] },
  })
  const signed = await signedRequest(app, first.tenantId)
  found.push(signed)
  await issue(app, signed)

  const { body: enrollment } = await enroll(app, token)
  const authenticator = new Authenticator(app, enrollment)
  const seed = Buffer.from(bytesOf(enrollment.secret))
  found.push(seed.toString('hex'), seed.toString('base64').replaceAll('=', ''), seed.toString('base64url'))
  const { body: verified } = await verify(app, token, enrollment.id, await authenticator.code())
  const challenge = await challenged(app)
  await look()
  await complete(app, challenge.challengeToken, verified.recoveryCodes[0] ?? '', 'recovery')
  await complete(app, (await challenged(app)).challengeToken, await authenticator.next())
  await app.call('POST', '/api/v1/auth/mfa/recovery/regenerate', { token: verified.tokens.accessToken })
  await forgot()
  await app.events()
  await app.register('kay@example.com')
  await verifyAddress(app, 'kay@example.com')
  found.push((await sentLink(app, 'kay@example.com')).token)
  await look()
  const link = await sentLink(app, 'kay@example.com')
  found.push(link.token)
  const browser = new Browser(app)
  await browser.signIn({ token: link.token }, '/api/v1/auth/magic-links/verify')
  found.push(...(browser.cookie ?? '').slice('__Host-session='.length).split('~'))
  await withPasskey(app, (await app.signIn('kay@example.com')).body)
  found.push(...app.mailer.sent.flatMap(({ code }) => (code === undefined || code.length < 16 ? [] : [code])))
  await look()
  app.call = call
  return [...new Set(found)]
}

/** Every value of every row of every table, as text; bytes in the spellings in which somebody would try them. */
async function dumpOf({ db }: OpenStorage): Promise<string> {
  if (!db) throw new Error('a database was asked for')
  const tables = await sql<{ name: string }>`
    select tablename as name from pg_tables where schemaname = current_schema()`.execute(db)
  const values: string[] = []
  for (const { name } of tables.rows) {
    const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(name)}`.execute(db)
    for (const value of rows.flatMap((row) => Object.values(row))) {
      if (value instanceof Uint8Array) {
        const bytes = Buffer.from(value)
        values.push(bytes.toString('hex'), bytes.toString('base64url'), bytes.toString('latin1'))
      } else if (value !== null)
        values.push(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))
    }
  }
  return values.join('\n')
}
