import assert from 'node:assert/strict'
import * as oauth from 'oauth4webapi'
import type { Tour } from './tour.ts'

const auth = '/api/v1/auth'
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
