import { agents } from '@corbel/agents'
import { auth, defineServiceAccounts, type Tokens } from '@corbel/auth'
import { createStack, fromEnv, type Id, newId } from '@corbel/core'
import { manualClock, memoryFetcher, silentLogger } from '@corbel/core/ports'
import { tenant } from '@corbel/core/tenant'
import { type Kysely, sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cheapHasher } from '../auth/cheap-hasher.fixture.ts'
import { peppers } from '../auth/support.fixture.ts'
import { backends, openStorage, type OpenStorage, openTimeout } from '../storages.ts'
import { withoutPredicates } from './without-predicates.fixture.ts'
import { answerText } from '../answer-text.ts'

const origin = 'http://127.0.0.1:3000'
const password = 'correct horse battery staple'
const databases = (await backends()).filter((backend) => backend !== 'memory')

interface Principal {
  readonly token: string
  readonly refreshToken: string
  readonly tenantId: string
  readonly userId: string
  readonly sessionId: string
  readonly slug: string
  readonly keyId: string
  readonly factorId: string
  readonly serviceAccountId: string
  readonly jti: string
  readonly inviteId: string
  readonly roleId: string
  readonly webhookId: string
  readonly deliveryId: string
  readonly activityId: string
  readonly connectionId: string
  readonly identityId: string
  readonly domain: string
  readonly conversationId: string
  readonly messageId: string
  readonly settingId: string
  readonly fileId: string
  readonly runId: string
  readonly approvalId: string
}

const serviceAccounts = defineServiceAccounts({
  reader: { summary: 'Reads', scopes: ['tenant:read'], maxDays: 1, tenancy: 'tenant' },
})

/** By operation and parameter: the foreign id to try. An operation that is not here has no id, or this test fails. */
const foreignIds: Readonly<Record<string, (foreign: Principal) => Readonly<Record<string, string>>>> = {
  'DELETE /api/v1/auth/sessions/{id}': ({ sessionId }) => ({ id: sessionId }),
  'DELETE /api/v1/auth/api-keys/{id}': ({ keyId }) => ({ id: keyId }),
  'DELETE /api/v1/auth/mfa/{id}': ({ factorId }) => ({ id: factorId }),
  'DELETE /api/v1/auth/passkeys/{id}': ({ factorId }) => ({ id: factorId }),
  'DELETE /api/v1/auth/service-accounts/{id}': ({ serviceAccountId }) => ({ id: serviceAccountId }),
  'POST /api/v1/auth/service-accounts/tokens/{jti}/revoke': ({ jti }) => ({ jti }),
  'PATCH /api/v1/tenants/members/{userId}/role': ({ userId }) => ({ userId }),
  'DELETE /api/v1/tenants/members/{userId}': ({ userId }) => ({ userId }),
  'POST /api/v1/tenants/invites/{id}/resend': ({ inviteId }) => ({ id: inviteId }),
  'POST /api/v1/tenants/invites/{id}/revoke': ({ inviteId }) => ({ id: inviteId }),
  'GET /api/v1/tenants/roles/{id}': ({ roleId }) => ({ id: roleId }),
  'PATCH /api/v1/tenants/roles/{id}': ({ roleId }) => ({ id: roleId }),
  'DELETE /api/v1/tenants/roles/{id}': ({ roleId }) => ({ id: roleId }),
  'GET /api/v1/tenants/webhooks/{id}': ({ webhookId }) => ({ id: webhookId }),
  'PATCH /api/v1/tenants/webhooks/{id}': ({ webhookId }) => ({ id: webhookId }),
  'DELETE /api/v1/tenants/webhooks/{id}': ({ webhookId }) => ({ id: webhookId }),
  'GET /api/v1/tenants/webhooks/{id}/deliveries': ({ webhookId }) => ({ id: webhookId }),
  'POST /api/v1/tenants/webhooks/deliveries/{id}/redeliver': ({ deliveryId }) => ({ id: deliveryId }),
  'POST /api/v1/activity/{id}/read': ({ activityId }) => ({ id: activityId }),
  'POST /api/v1/activity/{id}/dismiss': ({ activityId }) => ({ id: activityId }),
  'GET /api/v1/auth/sso/connections/{id}': ({ connectionId }) => ({ id: connectionId }),
  'PATCH /api/v1/auth/sso/connections/{id}': ({ connectionId }) => ({ id: connectionId }),
  'DELETE /api/v1/auth/sso/connections/{id}': ({ connectionId }) => ({ id: connectionId }),
  'POST /api/v1/auth/sso/{provider}/link': ({ connectionId }) => ({ provider: connectionId }),
  'POST /api/v1/auth/sso/{provider}/link/callback': ({ connectionId }) => ({ provider: connectionId }),
  'DELETE /api/v1/auth/sso/identities/{id}': ({ identityId }) => ({ id: identityId }),
  'DELETE /api/v1/auth/sso/domains/{domain}': ({ domain }) => ({ domain }),
  // Agents are declared by the host, the same for all tenants.
  'GET /api/v1/agents/{name}/status': () => ({ name: 'nobody' }),
  'GET /api/v1/conversations/{id}': ({ conversationId }) => ({ id: conversationId }),
  'PATCH /api/v1/conversations/{id}': ({ conversationId }) => ({ id: conversationId }),
  'DELETE /api/v1/conversations/{id}': ({ conversationId }) => ({ id: conversationId }),
  'PATCH /api/v1/conversations/{id}/title': ({ conversationId }) => ({ id: conversationId }),
  'PATCH /api/v1/conversations/{id}/memory': ({ conversationId }) => ({ id: conversationId }),
  'GET /api/v1/conversations/{id}/messages': ({ conversationId }) => ({ id: conversationId }),
  'DELETE /api/v1/conversations/{id}/messages/{messageId}': ({ conversationId, messageId }) => ({
    id: conversationId,
    messageId,
  }),
  'GET /api/v1/conversations/{id}/events': ({ conversationId }) => ({ id: conversationId }),
  'GET /api/v1/conversations/{id}/export': ({ conversationId }) => ({ id: conversationId }),
  'POST /api/v1/conversations/{id}/runs': ({ conversationId }) => ({ id: conversationId }),
  'GET /api/v1/conversations/{id}/stream': ({ conversationId }) => ({ id: conversationId }),
  'GET /api/v1/agent-runs/{id}': ({ runId }) => ({ id: runId }),
  'GET /api/v1/agent-runs/{id}/stream': ({ runId }) => ({ id: runId }),
  'POST /api/v1/agent-runs/{id}/cancel': ({ runId }) => ({ id: runId }),
  'GET /api/v1/files/{id}': ({ fileId }) => ({ id: fileId }),
  'GET /api/v1/files/{id}/content': ({ fileId }) => ({ id: fileId }),
  'GET /api/v1/files/{id}/url': ({ fileId }) => ({ id: fileId }),
  'DELETE /api/v1/files/{id}': ({ fileId }) => ({ id: fileId }),
  'POST /api/v1/approvals/{id}': ({ approvalId }) => ({ id: approvalId }),
  'GET /api/v1/settings/provider/{provider}': () => ({ provider: 'anthropic' }),
  'GET /api/v1/settings/models/{provider}': () => ({ provider: 'anthropic' }),
  'POST /api/v1/settings/{id}/test': ({ settingId }) => ({ id: settingId }),
  'GET /api/v1/settings/{id}': ({ settingId }) => ({ id: settingId }),
  'PUT /api/v1/settings/{id}': ({ settingId }) => ({ id: settingId }),
  'DELETE /api/v1/settings/{id}': ({ settingId }) => ({ id: settingId }),
  'POST /api/v1/settings/{id}/activate': ({ settingId }) => ({ id: settingId }),
  'POST /api/v1/settings/{id}/deactivate': ({ settingId }) => ({ id: settingId }),
}

const variants = databases.flatMap((backend) => [
  [backend, 'with all predicates', undefined] as const,
  [backend, 'by row-level security alone', withoutPredicates] as const,
])

/** A receiver of webhooks that agrees to everything. */
async function echo(request: Request): Promise<Response> {
  const { data } = (await request.json()) as { readonly data: { readonly challenge?: string } }
  return Response.json({ challenge: data.challenge })
}

/** By operation: the body without which it refuses before it looks for the id. */
const bodies: Readonly<Record<string, object>> = {
  'POST /api/v1/auth/service-accounts/tokens/{jti}/revoke': { reason: 'out of curiosity' },
  'PATCH /api/v1/tenants/members/{userId}/role': { role: 'viewer' },
  'PATCH /api/v1/tenants/roles/{id}': { name: 'Taken' },
  'PATCH /api/v1/tenants/webhooks/{id}': { description: 'out of curiosity' },
  'PATCH /api/v1/auth/sso/connections/{id}': { name: 'Taken' },
  'PATCH /api/v1/conversations/{id}': { title: 'Taken' },
  'PATCH /api/v1/conversations/{id}/title': { title: 'Taken' },
  'PATCH /api/v1/conversations/{id}/memory': { mode: 'none', crossSession: false },
  'POST /api/v1/approvals/{id}': { decision: 'approve' },
  'PUT /api/v1/settings/{id}': { active: false },
  'POST /api/v1/conversations/{id}/runs': { message: 'what are the plans?' },
  'POST /api/v1/auth/sso/{provider}/link': {},
  'POST /api/v1/auth/sso/{provider}/link/callback': { state: 's', browserSecret: 'b', parameters: {} },
}

describe.each(variants)('tenants over HTTP on %s, %s', (backend, _, rewrite) => {
  let opened: OpenStorage
  let stack: ReturnType<typeof makeStack>
  let ada: Principal
  let eve: Principal

  const makeStack = ({ storage }: OpenStorage) =>
    createStack({
      modules: [tenant(), auth({ passwords: cheapHasher, serviceAccounts }), agents()],
      storage,
      logger: silentLogger,
      clock: manualClock(),
      fetcher: memoryFetcher({ answer: echo }),
      settings: fromEnv(peppers),
    })

  beforeAll(async () => {
    opened = await openStorage(backend, { ...(rewrite && { rewrite }) })
    stack = makeStack(opened)
    ada = await principal('ada')
    eve = await principal('eve')
  }, openTimeout)
  afterAll(() => opened.close())

  async function send(method: string, path: string, token: string | null, body?: unknown, headers = {}) {
    const request = new Request(origin + path, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const response = await stack.fetch(request, { remoteAddress: '192.0.2.1' })
    const text = await answerText(response)
    return { status: response.status, text, json: () => JSON.parse(text) as Record<string, never> }
  }

  async function principal(name: string): Promise<Principal> {
    const email = `${name}@example.com`
    const tenantName = `Company of ${name}`
    const registered = await send('POST', '/api/v1/auth/register', null, {
      email,
      password,
      tenantName,
      acceptTerms: true,
    })
    const {
      tenant: { id: tenantId, slug },
      user: { id: userId },
    } = registered.json() as unknown as {
      tenant: { id: string; slug: string }
      user: { id: string }
    }
    const signedIn = await send('POST', '/api/v1/auth/token', null, { email, password })
    const { accessToken: token, refreshToken } = JSON.parse(signedIn.text) as Tokens
    const sessions = await send('GET', '/api/v1/auth/sessions', token)
    const [{ id: sessionId }] = (sessions.json() as unknown as { data: [{ id: string }] }).data
    const made = async (path: string, body: object) =>
      (await send('POST', `/api/v1/${path}`, token, body)).json() as unknown as {
        id: string
        jti: string
      }
    const scopes = ['tenant:read']
    const { id: keyId } = await made('auth/api-keys', { name: 'key', scopes })
    const { id: serviceAccountId } = await made('auth/service-accounts', { name: 'robot', scopes })
    const { id: factorId } = await made('auth/mfa/totp/enroll', {})
    const { jti } = await made('auth/service-accounts/issue', { account: 'reader', tenantId })
    const invitee = { email: `friend-of-${name}@example.com`, role: 'viewer' }
    const { id: inviteId } = await made('tenants/invites', invitee)
    const { id: roleId } = await made('tenants/roles', { name: 'Reader', scopes })
    const hook = { url: 'https://hooks.example.com/corbel', eventTypes: ['tenant.account.renamed'] }
    const { id: webhookId } = await made('tenants/webhooks', hook)
    await send('PATCH', '/api/v1/tenants/account', token, { name: tenantName })
    await stack.deliverEvents()
    const deliveries = await send('GET', `/api/v1/tenants/webhooks/${webhookId}/deliveries`, token)
    const [{ id: deliveryId }] = (deliveries.json() as unknown as { data: [{ id: string }] }).data
    const happened = await send('GET', '/api/v1/activity', token)
    const [{ id: activityId }] = (happened.json() as unknown as { data: [{ id: string }] }).data
    const { connectionId, identityId, domain } = await federated(
      name,
      tenantId as Id<'ten'>,
      userId as Id<'usr'>,
    )
    return {
      token,
      refreshToken,
      tenantId,
      userId,
      sessionId,
      slug,
      keyId,
      factorId,
      serviceAccountId,
      jti,
      inviteId,
      roleId,
      webhookId,
      deliveryId,
      activityId,
      connectionId,
      identityId,
      domain,
      ...(await talking(name, { tenantId: tenantId as Id<'ten'>, userId: userId as Id<'usr'> }, made)),
    }
  }

  /** What somebody who signs in with a provider of their tenant has. */
  async function federated(name: string, tenantId: Id<'ten'>, userId: Id<'usr'>) {
    const { ssoConnections, ssoDomains, identities } = opened.storage.repositories.auth
    const [connectionId, identityId] = [newId('sso'), newId('idn')]
    const domain = `${name}.example`
    const createdAt = new Date('2026-03-01T12:00:00.000Z')
    await ssoConnections.insert(
      {
        id: connectionId,
        tenantId,
        name: 'SSO',
        preset: 'custom',
        issuer: 'https://id.example.com',
        clientId: 'corbel',
        clientSecret: null,
        tokenAuthMethod: 'none',
        scopes: ['openid'],
        enabled: true,
        provisioning: 'disabled',
        domains: [],
        role: 'member',
        twoFactorMethods: [],
        createdAt,
        version: 1,
      },
      [],
    )
    await ssoDomains.insert(tenantId, { domain, verifiedAt: createdAt }, [])
    const identity = { id: identityId, userId, issuer: 'https://id.example.com', subject: name }
    await identities.insert({ ...identity, email: null, createdAt }, [])
    return { connectionId, identityId, domain }
  }

  /** What somebody who talks to agents has. */
  async function talking(
    name: string,
    { tenantId, userId }: { readonly tenantId: Id<'ten'>; readonly userId: Id<'usr'> },
    made: (path: string, body: object) => Promise<{ readonly id: string }>,
  ) {
    const { id } = await made('conversations', { title: `plans of ${name}`, shared: true })
    const conversationId = id as Id<'cnv'>
    const messageId = newId('itm')
    const said = { type: 'message', role: 'user', content: `the plans of ${name}` } as const
    const item = { id: messageId, runId: null, clientMessageId: null, content: said, createdAt: new Date(0) }
    await opened.storage.repositories.agents.conversationItems.append(tenantId, conversationId, [item])
    const { id: settingId } = await made('settings', { provider: 'openai', apiKey: 'sk-0123456789' })
    const createdAt = new Date('2026-03-01T12:00:00.000Z')
    const [fileId, runId] = [newId('fil'), newId('arn')]
    const { files, agentRuns } = opened.storage.repositories.agents
    const file = { name: 'plans', contentType: 'text/plain', size: 9, sha256: 'ab'.repeat(32) } as const
    await files.reserve({ tenantId, userId, id: fileId, ...file, conversationId: null, createdAt }, 100)
    await files.complete(tenantId, fileId)
    const run = { tenantId, userId, conversationId, id: runId, scopes: [], agent: 'triage', createdAt }
    const lease = { owner: 'a process', until: createdAt }
    const words = { id: newId('itm'), content: { type: 'message', role: 'user', content: 'plans?' } } as const
    await agentRuns.begin(
      { ...run, message: 'plans?', attachments: [], clientMessageId: 'm' },
      lease,
      false,
      words,
    )
    const approvalId = newId('apv')
    const asked = { agent: 'triage', callId: 'c', tool: 't', argumentsHash: 'h', sealedArguments: 's' }
    const expiresAt = new Date('2999-01-01T00:00:00.000Z')
    await opened.storage.repositories.agents.agentApprovals.insert([
      {
        tenantId,
        userId: newId('usr'),
        conversationId,
        runId,
        id: approvalId,
        ...asked,
        createdAt,
        expiresAt,
      },
    ])
    return { conversationId, messageId, settingId, fileId, runId, approvalId }
  }

  /** Everything that is stored of somebody. */
  async function stored({ tenantId }: Principal): Promise<string> {
    const db = opened.db as Kysely<unknown>
    const tables = [
      'memberships',
      'roles',
      'tenant_settings',
      'sessions',
      'refresh_tokens',
      'api_keys',
      'service_accounts',
      'invitations',
      'webhooks',
      'deliveries',
      'activity',
      'activity_marks',
      'activity_readers',
      'sso_connections',
      'sso_domains',
      'conversations',
      'conversation_items',
      'provider_settings',
      'agent_approvals',
      'provider_policies',
      'agent_runs',
      'agent_usage',
      'agent_files',
      'agent_file_usage',
    ].map((name) => `corbel_${name}`)
    const rows = await Promise.all(
      tables.map((table) =>
        sql`select * from ${sql.table(table)} where tenant_id = ${tenantId} order by 1, 2`.execute(db),
      ),
    )
    const account = await sql`select * from corbel_tenants where id = ${tenantId}`.execute(db)
    return JSON.stringify([account.rows, ...rows.map((result) => result.rows)])
  }

  test("every operation with an id answers 404 to another tenant's id, and changes nothing", async () => {
    const before = await stored(ada)
    // Operators look across tenants; nobody else gets through to theirs.
    const withIds = stack.operations.filter(
      ({ endpoint, path }) =>
        path.includes('{') && endpoint.access.kind !== 'operator' && endpoint.access.kind !== 'public',
    )
    expect(withIds.map(({ endpoint, path }) => `${endpoint.method} ${path}`).toSorted()).toEqual(
      Object.keys(foreignIds).toSorted(),
    )
    for (const { endpoint, path } of withIds) {
      const ids = foreignIds[`${endpoint.method} ${path}`]?.(ada) ?? {}
      const concrete = path.replaceAll(/\{(\w+)\}/g, (__, name: string) => ids[name] ?? 'unknown')
      expect(
        (
          await send(endpoint.method, concrete, eve.token, bodies[`${endpoint.method} ${path}`], {
            'if-match': '"1"',
          })
        ).status,
        concrete,
      ).toBe(404)
    }
    expect(await stored(ada)).toBe(before)
  })

  /** Ids of another tenant wherever a careless handler may look for one. */
  const vectors = (): readonly (readonly [string, string, Record<string, string>])[] => [
    ['query', `?tenantId=${ada.tenantId}&tenant_id=${ada.tenantId}&userId=${ada.userId}`, {}],
    ['headers', '', { 'x-tenant-id': ada.tenantId, 'x-tenant': ada.slug, 'corbel-tenant': ada.tenantId }],
    ['a cursor', `?cursor=${btoa(JSON.stringify([ada.userId]))}&limit=100`, {}],
    ['nothing', '', {}],
  ]

  test('no answer to a read tells anything of another tenant, whatever id it is given', async () => {
    const told = [
      ada.tenantId,
      ada.userId,
      ada.sessionId,
      ada.slug,
      'Company of ada',
      'ada@example.com',
      ada.conversationId,
      ada.messageId,
      ada.settingId,
      'plans of ada',
      ada.fileId,
      ada.runId,
      ada.approvalId,
    ]
    const reads = stack.operations.filter(
      ({ endpoint, path }) => endpoint.method === 'GET' && !path.includes('{'),
    )
    let answered = 0
    for (const { path } of reads) {
      for (const [, query, headers] of vectors()) {
        const { status, text } = await send('GET', path + query, eve.token, undefined, headers)
        if (status === 200) answered++
        // A refusal may repeat what was asked; then it is the caller's own words.
        if (status === 200) for (const secret of told) expect(text, path).not.toContain(secret)
      }
    }
    expect(answered).toBeGreaterThan(
      reads.filter(({ endpoint: { access } }) => access.kind !== 'operator').length,
    )
  })

  test("no write reaches another tenant's rows, whatever id is in the body", async () => {
    const before = await stored(ada)
    const id = { tenantId: ada.tenantId, tenant_id: ada.tenantId, userId: ada.userId, id: ada.tenantId }
    for (const { endpoint, path } of stack.operations) {
      if (endpoint.method === 'GET' || path.includes('{') || path.endsWith('/logout/all')) continue
      for (const body of [id, { ...id, name: 'Taken', billingContacts: [], flags: {} }, { name: 'Taken' }]) {
        for (const named of [{ 'x-tenant-id': ada.tenantId }, {}])
          await send(endpoint.method, path, eve.token, body, { 'if-match': '"1"', ...named })
      }
    }
    expect(await stored(ada)).toBe(before)
    expect(await stored(eve)).toContain('Taken')
  })

  test('whoever signs in names only a tenant of their own', async () => {
    const body = { email: 'eve@example.com', password, tenantId: ada.tenantId }
    const { status } = await send('POST', '/api/v1/auth/token', null, body)
    expect(status).toBeGreaterThanOrEqual(400)
    expect((await send('POST', '/api/v1/auth/token', null, { ...body, tenantId: eve.tenantId })).status).toBe(
      200,
    )
  })

  test('signing out everywhere and refreshing touch nobody else', async () => {
    const before = await stored(ada)
    expect(
      (await send('POST', '/api/v1/auth/refresh', null, { refreshToken: eve.refreshToken })).status,
    ).toBe(200)
    expect((await send('POST', '/api/v1/auth/logout/all', eve.token)).status).toBe(200)
    expect(await stored(ada)).toBe(before)
    expect((await send('GET', '/api/v1/auth/me', ada.token)).status).toBe(200)
  })
})

test(
  'a control: with neither wall the same requests reach another tenant',
  async () => {
    const [backend] = databases
    const opened = await openStorage(backend ?? 'pglite', { rewrite: withoutPredicates })
    try {
      for (const table of ['corbel_tenants', 'corbel_memberships', 'corbel_sessions'])
        await sql`alter table ${sql.table(table)} disable row level security`.execute(
          opened.db as Kysely<unknown>,
        )
      const { tenants } = opened.storage.repositories.tenant
      const at = { createdAt: '2026-03-01T12:00:00.000Z' }
      await tenants.insert({ id: 'ten_ada', slug: 'ada', name: 'Ada', ...at })
      await tenants.insert({ id: 'ten_eve', slug: 'eve', name: 'Eve', ...at })
      await tenants.rename('ten_eve', 'Taken')
      expect(await tenants.find('ten_ada')).toMatchObject({ name: 'Taken' })
    } finally {
      await opened.close()
    }
  },
  openTimeout,
)
