import { createHmac } from 'node:crypto'
import type { OpenIdProvider } from '../../examples/reference-host/src/tour/openid-provider.ts'
import type { statusApp } from '../status/status-app.fixture.ts'
import type { Received, Receiver } from '../tenant/webhook-receiver.fixture.ts'
import { connect, finish, proveDomain, start } from './sso.fixture.ts'
import { publicUrl, type TestApp } from './support.fixture.ts'

export type StatusApp = Awaited<ReturnType<typeof statusApp>>

type Look = () => Promise<void>

export interface Federation {
  readonly secrets: readonly string[]
  readonly connectionId: string
}

/** A tenant proves a domain and connects a provider; one sign-in by it is done, another begun. */
export async function federate(
  app: TestApp,
  provider: OpenIdProvider,
  records: Map<string, string>,
  look: Look,
): Promise<Federation> {
  const owner = await app.member('owner@acme.test')
  await proveDomain({ app, records }, owner, 'acme.test')
  const { body } = await connect(app, owner, {
    issuer: provider.issuer,
    clientSecret: provider.clientSecret,
    domains: ['acme.test'],
    provisioning: 'domain_allowlist',
  })
  provider.accounts.set('joe', { email: 'joe@acme.test', email_verified: true })
  const { body: first } = await start(app, body.id)
  await look()
  const parameters = await provider.authorize(first.url, 'joe')
  const answer = await finish(app, body.id, first, parameters)
  if (answer.status !== 200) throw new Error(`signing in by the provider answered ${answer.status}`)
  const { body: second } = await start(app, body.id)
  const { accessToken, refreshToken } = answer.body
  return {
    connectionId: body.id,
    secrets: [
      provider.clientSecret,
      parameters['code'] ?? '',
      accessToken,
      refreshToken,
      ...[first, second].flatMap(({ state, browserSecret }) => [state, browserSecret]),
    ],
  }
}

/** A webhook of the tenant with a secret and the one before it. */
export async function tenantWebhook(app: TestApp, { url }: Receiver): Promise<readonly string[]> {
  const { accessToken: token } = (await app.signIn('owner@acme.test')).body
  const path = '/api/v1/tenants/webhooks'
  const body = { url, eventTypes: ['tenant.account.renamed'] }
  const made = await app.call<{ id: string; secret: string }>('POST', path, { token, body })
  const changed = await app.call<{ secret: string }>('PATCH', `${path}/${made.body.id}`, {
    token,
    body: { rotateSecret: true },
  })
  if (changed.status !== 200) throw new Error(`a webhook answered ${made.status}, ${changed.status}`)
  return [made.body.secret, changed.body.secret]
}

/** Whether a text is the secret that something was signed with, however it is written (Standard Webhooks 1.0). */
export function signs(text: string, { headers, text: body }: Received): boolean {
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`
  const bare = text.replace(/^whsec_/, '')
  return (['base64', 'base64url', 'hex', 'utf8', 'latin1'] as const).some((encoding) => {
    const mac = createHmac('sha256', Buffer.from(bare, encoding)).update(signed).digest('base64')
    return String(headers['webhook-signature']).split(' ').includes(`v1,${mac}`)
  })
}

/** Of either channel a subscription that is confirmed and one that is asked for. */
export async function subscribe(page: StatusApp, receiver: Receiver, look: Look) {
  const path = '/api/v1/status/subscriptions'
  const ask = async (channel: string, target: string): Promise<string> => {
    await page.call('POST', path, { body: { channel, target } })
    await page.events()
    if (channel === 'webhook') return String(receiver.received.at(-1)?.body.data['token'])
    const { links = [] } = page.mailer.sent.findLast(({ to }) => to === target) ?? {}
    const link = links.find((url) => url.startsWith(`${publicUrl}/status/confirm?`)) ?? publicUrl
    return new URL(link).searchParams.get('token') ?? ''
  }
  const mailed = await ask('email', 'sub@acme.test')
  const challenged = await ask('webhook', receiver.url)
  await look()
  const confirmed = await page.call('POST', `${path}/verify`, { body: { token: mailed } })
  const answered = await page.call<{ secret: string; unsubscribeUrl: string }>('POST', `${path}/challenge`, {
    body: { token: challenged },
  })
  if (confirmed.status !== 200 || answered.status !== 200)
    throw new Error(`subscribing answered ${confirmed.status} and ${answered.status}`)
  const pending = [
    await ask('email', 'other@acme.test'),
    await ask('webhook', `${receiver.url}/other`),
  ] as const
  const ends = new URL(answered.body.unsubscribeUrl).searchParams.get('token') ?? ''
  const secrets = [mailed, challenged, answered.body.secret, ends, ...pending]
  if (secrets.includes('')) throw new Error('a token did not come')
  return { secrets, pending, ends }
}
