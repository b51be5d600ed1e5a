import { memoryFetcher } from '@corbel/core/ports'
import {
  type CreatedClient,
  client,
  type Issued,
  issue,
  machineApp,
  send,
  signedRequest,
} from './machines.fixture.ts'
import { requestLink, sentLink, verifyAddress, verifyLink } from './magic-links.fixture.ts'
import { ssoExempt, ssoOptions, ssoScenarios } from './audit-sso-scenarios.fixture.ts'
import { Authenticator, challenged, complete, enroll, enrolled, verify } from './mfa.fixture.ts'
import { passkeySignIn, register, registrationOptions, withPasskey } from './passkeys.fixture.ts'
import { SoftAuthenticator } from './soft-authenticator.fixture.ts'
import { decide, invite, operatorToken, requestAccess, requestsOf } from './sign-up.fixture.ts'
import { type Answer, password, type TestApp } from './support.fixture.ts'
import { agentsExempt, agentsScenarios } from '../agents/audit-scenarios.fixture.ts'
import { teamScenarios } from '../tenant/audit-scenarios.fixture.ts'

/** Every address that webhooks are for answers its challenge. */
const fetcher = memoryFetcher({
  answer: async (request) => {
    const { data } = (await request.json()) as { readonly data: object }
    return Response.json(data)
  },
})

/** Where there are requests to be let in, for the endpoints about them. */
export const auditedApp = (endpoint = ''): Promise<TestApp> =>
  machineApp({
    fetcher,
    ...ssoOptions,
    settings: endpoint.includes('request') ? { SIGNUP_ACCESS_POLICY: 'approval' } : {},
  })

/** A call that changes something, and the answer to it. */
export type Scenario = (app: TestApp, path: string) => Promise<Answer>

const next = 'seven new lamps in the attic'

const member =
  (method: string, body?: unknown): Scenario =>
  async (app, path) => {
    const { accessToken: token, sessionId } = await app.member()
    return app.call(method, path.replace('{id}', sessionId), { token, body })
  }

const decision =
  (to: 'approve' | 'reject'): Scenario =>
  async (app) => {
    const token = await operatorToken(app)
    await requestAccess(app, 'ada@example.com')
    const [request] = await requestsOf(app, token)
    return decide(app, token, request?.id ?? '', to)
  }

const webhook = { url: 'https://hooks.example.com/', eventTypes: ['auth.user.registered'] }

const onWebhook =
  (method: string, body?: unknown): Scenario =>
  async (app, path) => {
    const { accessToken: token } = await app.member()
    const made = await app.call<{ id: string }>('POST', '/api/v1/tenants/webhooks', { token, body: webhook })
    return app.call(method, path.replace('{id}', made.body.id), { token, body })
  }

/** The token in the mail whose subject begins so. */
async function mailed(app: TestApp, subject: string): Promise<string> {
  await app.events()
  return app.mailer.sent.find((mail) => mail.subject.startsWith(subject))?.code ?? ''
}

/** Who is not the only owner of their tenant. */
const leaving =
  (method: string): Scenario =>
  async (app, path) => {
    const { accessToken: token, tenantId } = await app.member()
    const { body } = await app.register('other@example.com')
    await app.storage.repositories.tenant.memberships.insert({
      tenantId,
      userId: body.user.id as `usr_${string}`,
      role: 'owner',
      createdAt: app.clock.now().toISOString(),
    })
    return app.call(method, path, { token })
  }

/** What an operator of two factors does to a user. */
const managed =
  (before?: string): Scenario =>
  async (app, path) => {
    const { body } = await app.register('ada@example.com')
    await app.stack.auth.users.createOperator({ email: 'ops@example.com', password })
    const { tokens } = await enrolled(app, (await app.signIn('ops@example.com')).body)
    const call = (to: string) =>
      app.call('POST', to.replace('{id}', body.user.id), {
        token: tokens.accessToken,
        body: { reason: 'a request of theirs' },
      })
    if (before !== undefined) await call(before)
    return call(path)
  }

/** By endpoint. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  ...teamScenarios,
  ...agentsScenarios,
  'PATCH /api/v1/tenants/account': member('PATCH', { name: 'Acme 2' }),
  'PUT /api/v1/tenants/settings': async (app, path) => {
    const { accessToken: token } = await app.member()
    const body = { billingContacts: [], flags: { beta: true } }
    return app.call('PUT', path, { token, body, headers: { 'if-match': '"1"' } })
  },
  ...ssoScenarios,
  'POST /api/v1/auth/register': (app) => app.register('ada@example.com'),
  'POST /api/v1/auth/token': async (app) => {
    await app.register('ada@example.com')
    return app.signIn('ada@example.com')
  },
  'POST /api/v1/auth/step-up': member('POST', { method: 'password', password }),
  'POST /api/v1/auth/logout': async (app, path) => {
    const { refreshToken } = await app.member()
    return app.call('POST', path, { body: { refreshToken } })
  },
  'POST /api/v1/auth/logout/all': member('POST'),
  'DELETE /api/v1/auth/sessions/{id}': member('DELETE'),
  'POST /api/v1/auth/email/send': member('POST'),
  'POST /api/v1/auth/email/verify': async (app, path) => {
    await app.member()
    await app.events()
    return app.call('POST', path, { body: { token: app.mailer.sent[0]?.code } })
  },
  'PUT /api/v1/auth/mfa/policy': member('PUT', { policy: 'optional' }),
  'POST /api/v1/auth/password/change': member('POST', { currentPassword: password, newPassword: next }),
  'POST /api/v1/auth/password/forgot': async (app, path) => {
    await app.register('ada@example.com')
    return app.call('POST', path, { body: { email: 'ada@example.com' } })
  },
  'POST /api/v1/auth/password/confirm': async (app, path) => {
    await app.register('ada@example.com')
    await app.call('POST', '/api/v1/auth/password/forgot', { body: { email: 'ada@example.com' } })
    const token = await mailed(app, 'A new password')
    return app.call('POST', path, { body: { token, newPassword: next } })
  },
  'POST /api/v1/auth/password/reset': async (app, path) => {
    const { body } = await app.register('ada@example.com')
    await app.stack.auth.users.createOperator({ email: 'ops@example.com', password })
    const { accessToken: token } = (await app.signIn('ops@example.com')).body
    return app.call('POST', path, { token, body: { userId: body.user.id } })
  },
  'POST /api/v1/auth/mfa/totp/verify': async (app) => {
    const { accessToken } = await app.member()
    const { body } = await enroll(app, accessToken)
    return verify(app, accessToken, body.id, await new Authenticator(app, body).code())
  },
  'DELETE /api/v1/auth/mfa/{id}': async (app, path) => {
    const { factorId, tokens } = await enrolled(app, await app.member())
    return app.call('DELETE', path.replace('{id}', factorId), { token: tokens.accessToken })
  },
  'POST /api/v1/auth/mfa/recovery/regenerate': async (app, path) => {
    const { tokens } = await enrolled(app, await app.member())
    return app.call('POST', path, { token: tokens.accessToken })
  },
  'POST /api/v1/auth/mfa/complete': async (app) => {
    const { authenticator } = await enrolled(app, await app.member())
    const { challengeToken } = await challenged(app)
    return complete(app, challengeToken, await authenticator.next())
  },
  'POST /api/v1/auth/passkeys/register/verify': async (app) => {
    const { accessToken } = await app.member()
    const { body } = await registrationOptions(app, accessToken)
    return register(app, accessToken, await (await SoftAuthenticator.create()).register(body))
  },
  'POST /api/v1/auth/passkeys/authenticate/verify': async (app) => {
    const { device } = await withPasskey(app, await app.member())
    return passkeySignIn(app, device)
  },
  'DELETE /api/v1/auth/passkeys/{id}': async (app, path) => {
    const { tokens, passkey } = await withPasskey(app, await app.member())
    return app.call('DELETE', path.replace('{id}', passkey.id), { token: tokens.accessToken })
  },
  'POST /api/v1/auth/magic-links': (app) => requestLink(app, 'ada@example.com'),
  'POST /api/v1/auth/magic-links/verify': async (app) => {
    await app.register('ada@example.com')
    await verifyAddress(app)
    const { token } = await sentLink(app)
    return verifyLink(app, { token })
  },
  'POST /api/v1/auth/api-keys': member('POST', { name: 'laptop', scopes: ['tenant:read'] }),
  'DELETE /api/v1/auth/api-keys/{id}': async (app, path) => {
    const { accessToken: token } = await app.member()
    const body = { name: 'laptop', scopes: ['tenant:read'] }
    const { id } = (await app.call<{ id: string }>('POST', '/api/v1/auth/api-keys', { token, body })).body
    return app.call('DELETE', path.replace('{id}', id), { token })
  },
  'POST /api/v1/auth/service-accounts': member('POST', { name: 'robot', scopes: ['tenant:read'] }),
  'DELETE /api/v1/auth/service-accounts/{id}': async (app, path) => {
    const { accessToken: token } = await app.member()
    const { id }: CreatedClient = await client(app, token)
    return app.call('DELETE', path.replace('{id}', id), { token })
  },
  'POST /api/v1/auth/service-accounts/issue': async (app) => {
    const { tenantId } = await app.member()
    return issue(app, await signedRequest(app, tenantId))
  },
  'POST /api/v1/auth/service-accounts/browser-issue': member('POST', {
    account: 'settings-reader',
    reason: 'the nightly report',
  }),
  'POST /api/v1/auth/service-accounts/tokens/{jti}/revoke': async (app, path) => {
    const { accessToken: token, tenantId } = await app.member()
    const { jti }: Issued = (await issue(app, await signedRequest(app, tenantId))).body
    return app.call('POST', path.replace('{jti}', jti), { token, body: { reason: 'no longer needed' } })
  },
  'POST /api/v1/auth/request-access': (app) => requestAccess(app, 'ada@example.com'),
  'POST /api/v1/auth/signup-requests/{id}/approve': decision('approve'),
  'POST /api/v1/auth/signup-requests/{id}/reject': decision('reject'),
  'POST /api/v1/auth/invites': async (app) => invite(app, await operatorToken(app)),
  'POST /api/v1/auth/invites/{id}/revoke': async (app, path) => {
    const token = await operatorToken(app)
    const { body } = await invite(app, token)
    return app.call('POST', path.replace('{id}', body.id), { token })
  },
  'POST /api/v1/users/consents': async (app, path) => {
    const token = await operatorToken(app)
    return app.call('POST', path, { token, body: { policy: 'terms', version: '1' } })
  },
  'POST /api/v1/tenants/webhooks': member('POST', webhook),
  'PATCH /api/v1/tenants/webhooks/{id}': onWebhook('PATCH', { description: 'another' }),
  'DELETE /api/v1/tenants/webhooks/{id}': onWebhook('DELETE'),
  'POST /api/v1/auth/logout/others': async (app, path) => {
    await app.member()
    const { accessToken: token } = (await app.signIn('ada@example.com')).body
    return app.call('POST', path, { token })
  },
  'PATCH /api/v1/users/me/profile': member('PATCH', { displayName: 'Ada' }),
  'PATCH /api/v1/users/me/email': member('PATCH', { email: 'new@example.com' }),
  'PUT /api/v1/users/notification-preferences': member('PUT', {
    channel: 'email',
    category: 'tenant',
    enabled: false,
  }),
  'POST /api/v1/users/me/disable': leaving('POST'),
  'DELETE /api/v1/users/me': leaving('DELETE'),
  'POST /api/v1/platform/users/{id}/unlock': managed(),
  'POST /api/v1/platform/users/{id}/disable': managed(),
  'POST /api/v1/platform/users/{id}/enable': managed('/api/v1/platform/users/{id}/disable'),
  'POST /api/v1/platform/users/{id}/impersonate': managed(),
  'POST /oauth/revoke': async (app, path) => {
    const { refreshToken: token } = await app.member()
    return send(app, path, { token, client_id: 'corbel' })
  },
}

/** Why a call that succeeds leaves nothing in the trail. */
export const exempt: Readonly<Record<string, string>> = {
  'POST /api/v1/auth/refresh':
    'every session every few minutes; its opening, its end and every refusal are there',
  'POST /oauth/token':
    'every machine every few minutes; its account, the end of it and every use in a change are there',
  ...ssoExempt,
  ...agentsExempt,
  'POST /oauth/introspect': 'changes nothing',
  'POST /api/v1/audit/verify': 'changes nothing',
  'POST /api/v1/auth/passkeys/register/options':
    'no factor before POST /api/v1/auth/passkeys/register/verify, which is there',
  'POST /api/v1/auth/passkeys/authenticate/options': 'changes nothing',
  'POST /api/v1/contact': 'a letter to the operators; nothing here is changed by it',
  'POST /api/v1/logs': 'a line of the log; nothing here is changed by it',
  'POST /api/v1/activity/{id}/read': 'what somebody has read is their own affair',
  'POST /api/v1/activity/{id}/dismiss': 'what somebody has read is their own affair',
  'POST /api/v1/activity/mark-all-read': 'what somebody has read is their own affair',
  'POST /api/v1/tenants/webhooks/deliveries/{id}/redeliver': 'sends once more what was to be sent',
  'POST /api/v1/auth/mfa/totp/enroll': 'no factor before POST /api/v1/auth/mfa/totp/verify, which is there',
  'POST /api/v1/auth/mfa/enroll': 'no factor before POST /api/v1/auth/mfa/complete, which is there',
}
