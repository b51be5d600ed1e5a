import assert from 'node:assert/strict'
import { epochSeconds, systemClock } from '@corbel/core'
import { SignJWT } from 'jose'
import * as oauth from 'oauth4webapi'
import type { Tour } from './tour.ts'

const auth = '/api/v1/auth'
const accounts = `${auth}/service-accounts`
// The tour is on loopback, without TLS.
const insecure = { [oauth.allowInsecureRequests]: true }

/** API keys, and a service account as a standard OAuth client sees it. */
export async function showMachines(tour: Tour, token: string): Promise<void> {
  tour.chapter('API keys')
  const { id, key } = (await tour.show('made once, shown once', 201, 'POST', `${auth}/api-keys`, {
    token,
    body: { name: 'laptop', scopes: ['tenant:read'] },
  })) as { readonly id: string; readonly key: string }
  await tour.show('reads the tenant', 200, 'GET', '/api/v1/tenants/account', { token: key })
  await tour.show('may not list the members', 403, 'GET', '/api/v1/tenants/members', { token: key })
  await tour.show('ended', 204, 'DELETE', `${auth}/api-keys/${id}`, { token })
  await tour.show('afterwards', 401, 'GET', '/api/v1/tenants/account', { token: key })

  tour.chapter('A service account, by oauth4webapi')
  const made = (await tour.show('made', 201, 'POST', `${auth}/service-accounts`, {
    token,
    body: { name: 'robot', scopes: ['tenant:read'] },
  })) as { readonly id: string; readonly clientSecret: string }
  const issuer = new URL(tour.url)
  const server = await oauth.processDiscoveryResponse(
    issuer,
    await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure }),
  )
  tour.tell(`discovered at ${server.issuer}: ${server.grant_types_supported?.join(', ')}`)
  const client = { client_id: made.id }
  const secret = oauth.ClientSecretBasic(made.clientSecret)
  const granted = await oauth.processClientCredentialsResponse(
    server,
    client,
    await oauth.clientCredentialsGrantRequest(server, client, secret, { scope: 'tenant:read' }, insecure),
  )
  tour.tell(`client_credentials: a token for ${granted.expires_in} s with ${granted.scope}`)
  await tour.show('it works', 200, 'GET', '/api/v1/tenants/account', { token: granted.access_token })
  const introspect = async () =>
    oauth.processIntrospectionResponse(
      server,
      client,
      await oauth.introspectionRequest(server, client, secret, granted.access_token, insecure),
    )
  assert.equal((await introspect()).active, true)
  await oauth.processRevocationResponse(
    await oauth.revocationRequest(server, client, secret, granted.access_token, insecure),
  )
  assert.deepEqual(await introspect(), { active: false })
  tour.tell('introspection: active; after revocation: not, and nothing else')
  await tour.show('it works no more', 401, 'GET', '/api/v1/tenants/account', { token: granted.access_token })
}

/** A machine that the host declares: a credential by a signed request, and one by a person with a reason. */
export async function showDeclaredAccounts(tour: Tour, token: string, requestSecret: string): Promise<void> {
  tour.chapter('A service account that the host declares')
  const { tenantId } = (await tour.call('GET', `${auth}/me`, { token })).body
  const iat = epochSeconds(systemClock.now())
  const sign = (secret: string): Promise<string> =>
    new SignJWT({
      iss: 'tour',
      aud: tour.url,
      iat,
      exp: iat + 60,
      jti: crypto.randomUUID(),
      account: 'analytics-batch',
      tenantId,
      scopes: ['tenant:read'],
      lifetimeMinutes: 60,
    })
      .setProtectedHeader({ alg: 'HS256', typ: 'credential-request+jwt' })
      .sign(new TextEncoder().encode(secret))
  const signedRequest = await sign(requestSecret)
  const issued = await tour.show('a signed request', 201, 'POST', `${accounts}/issue`, {
    body: { signedRequest },
  })
  const credential = issued['token'] as string
  await tour.show('its credential reads the tenant', 200, 'GET', '/api/v1/tenants/account', {
    token: credential,
  })
  await tour.show('and may not list the members', 403, 'GET', '/api/v1/tenants/members', {
    token: credential,
  })
  await tour.show('the same request again', 409, 'POST', `${accounts}/issue`, { body: { signedRequest } })
  await tour.show('one that somebody else has signed', 401, 'POST', `${accounts}/issue`, {
    body: { signedRequest: await sign(crypto.randomUUID() + crypto.randomUUID()) },
  })
  const byHand = await tour.show('by a person, with a reason', 201, 'POST', `${accounts}/browser-issue`, {
    token,
    body: { account: 'billing-worker', reason: 'The tour shows it once.' },
  })
  const { data } = await tour.show('both are listed', 200, 'GET', `${accounts}/tokens`, { token })
  const listed = (data as readonly { readonly jti: string }[]).map(({ jti }) => jti)
  assert.deepEqual(new Set(listed), new Set([issued['jti'], byHand['jti']]))
  await tour.show('ended', 204, 'POST', `${accounts}/tokens/${String(issued['jti'])}/revoke`, {
    token,
    body: { reason: 'The tour is over.' },
  })
  await tour.show('afterwards', 401, 'GET', '/api/v1/tenants/account', { token: credential })
}
