import { type CryptoKey, exportJWK, generateKeyPair } from 'jose'
import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'
import { beforeAll, describe, expect, it } from 'vitest'
import { account, client, type CreatedClient, machineApp } from './machines.fixture.ts'
import { publicUrl, type TestApp } from './support.fixture.ts'

// Clients as others wrote them, unchanged, against the whole stack.
let app: TestApp
let accessToken: string
let refreshToken: string
let secretClient: CreatedClient
let keyClient: CreatedClient
let privateKey: CryptoKey

const viaStack: typeof fetch = (input, init) => {
  const request = new Request(input instanceof Request ? input : String(input), init)
  return app.stack.fetch(request, { remoteAddress: '192.0.2.1' })
}

beforeAll(async () => {
  app = await machineApp()
  app.clock.advance(`${Date.now() - app.clock.now().getTime()}ms`)
  ;({ accessToken, refreshToken } = await app.member())
  const scopes = ['tenant:read', 'tokens:introspect']
  secretClient = await client(app, accessToken, { scopes })
  const pair = await generateKeyPair('ES256')
  privateKey = pair.privateKey
  const { kty, crv, x, y } = await exportJWK(pair.publicKey)
  keyClient = await client(app, accessToken, { scopes, publicKey: { kty, crv, x, y } })
})

describe('oauth4webapi', () => {
  const options = { [oauth.customFetch]: viaStack as never }
  const discover = async () => {
    const issuer = new URL(publicUrl)
    const response = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...options })
    return oauth.processDiscoveryResponse(issuer, response)
  }
  const methods = [
    ['client_secret_basic', () => [secretClient, oauth.ClientSecretBasic(secretClient.clientSecret ?? '')]],
    ['client_secret_post', () => [secretClient, oauth.ClientSecretPost(secretClient.clientSecret ?? '')]],
    ['private_key_jwt', () => [keyClient, oauth.PrivateKeyJwt(privateKey)]],
  ] as readonly [string, () => [CreatedClient, oauth.ClientAuth]][]

  it.each(methods)('with %s: client_credentials, introspection, revocation', async (method, make) => {
    const server = await discover()
    expect(server.token_endpoint_auth_methods_supported).toContain(method)
    const [{ id }, authentication] = make()
    const who = { client_id: id }
    const granted = await oauth.processClientCredentialsResponse(
      server,
      who,
      await oauth.clientCredentialsGrantRequest(
        server,
        who,
        authentication,
        { scope: 'tenant:read' },
        options,
      ),
    )
    expect(await account(app, granted.access_token)).toMatchObject({ status: 200 })
    const introspect = async () =>
      oauth.processIntrospectionResponse(
        server,
        who,
        await oauth.introspectionRequest(server, who, authentication, granted.access_token, options),
      )
    expect(await introspect()).toMatchObject({ active: true, client_id: id, scope: 'tenant:read' })
    const request = new Request(`${publicUrl}/resource`, {
      headers: { authorization: `Bearer ${granted.access_token}` },
    })
    const claims = await oauth.validateJwtAccessToken(server, request, publicUrl, options)
    expect(claims).toMatchObject({ sub: id, client_id: id, scope: 'tenant:read' })
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(server, who, authentication, granted.access_token, options),
    )
    expect(await introspect()).toEqual({ active: false })
    expect((await account(app, granted.access_token)).status).toBe(401)
  })

  it('refreshes as the first-party client, and reads why it may not', async () => {
    const server = await discover()
    const who = { client_id: 'corbel' }
    const refresh = async (token: string) =>
      oauth.processRefreshTokenResponse(
        server,
        who,
        await oauth.refreshTokenGrantRequest(server, who, oauth.None(), token, options),
      )
    const { access_token: fresh } = await refresh(refreshToken)
    expect((await app.me(fresh)).status).toBe(200)
    await expect(refresh('crt_unknown')).rejects.toMatchObject({ error: 'invalid_grant', status: 400 })
  })

  it('finds from a refused request who issues tokens for the resource (RFC 9728)', async () => {
    const { headers } = await account(app, 'x')
    const url = /resource_metadata="([^"]+)"/.exec(headers.get('www-authenticate') ?? '')?.[1]
    expect(url).toBe(`${publicUrl}/.well-known/oauth-protected-resource`)
    const resource = new URL(publicUrl)
    const response = await oauth.resourceDiscoveryRequest(resource, options)
    const described = await oauth.processResourceDiscoveryResponse(resource, response)
    expect(described.authorization_servers).toEqual([(await discover()).issuer])
    expect(described.scopes_supported).toContain('tenant:read')
  })
})

describe('openid-client', () => {
  const configure = (method: openid.ClientAuth, id: string) =>
    openid.discovery(new URL(publicUrl), id, undefined, method, {
      algorithm: 'oauth2',
      [openid.customFetch]: viaStack as never,
    })

  it.each([
    [
      'client_secret_basic',
      () => configure(openid.ClientSecretBasic(secretClient.clientSecret ?? ''), secretClient.id),
    ],
    [
      'client_secret_post',
      () => configure(openid.ClientSecretPost(secretClient.clientSecret ?? ''), secretClient.id),
    ],
    ['private_key_jwt', () => configure(openid.PrivateKeyJwt(privateKey), keyClient.id)],
  ])('with %s: client_credentials, introspection, revocation', async (_, make) => {
    const configuration = await make()
    const { access_token: token } = await openid.clientCredentialsGrant(configuration, {
      scope: 'tenant:read',
    })
    expect((await account(app, token)).status).toBe(200)
    expect(await openid.tokenIntrospection(configuration, token)).toMatchObject({ active: true })
    await openid.tokenRevocation(configuration, token)
    expect(await openid.tokenIntrospection(configuration, token)).toEqual({ active: false })
  })
})
