import { expect, it } from 'vitest'
import { testApp } from './support.fixture.ts'

it('counts what became of sign-ups, sign-ins, refreshes and tokens', async () => {
  const app = await testApp()
  const { accessToken, refreshToken } = await app.member()
  await app.register('ada@example.com')
  await app.signIn('ada@example.com', { password: 'a wrong password' })
  await app.signIn('ada@example.com', { tenantId: `ten_${'0'.repeat(26)}` })
  await app.refresh(refreshToken)
  await app.refresh(refreshToken)
  await app.refresh('made up')
  await app.me(accessToken)
  await app.me(accessToken)
  app.clock.advance('10s')
  await app.refresh(refreshToken)
  const { body } = await app.stack.meter.scrape()
  const counts = body.split('\n').filter((line) => line.startsWith('corbel_auth_'))
  expect(counts.toSorted()).toEqual([
    'corbel_auth_audited_refusals_total{outcome="written"} 2',
    'corbel_auth_refresh_total{outcome="refused"} 1',
    'corbel_auth_refresh_total{outcome="repeated"} 1',
    'corbel_auth_refresh_total{outcome="reused"} 1',
    'corbel_auth_refresh_total{outcome="rotated"} 1',
    'corbel_auth_revocation_poll_total{outcome="success"} 1',
    'corbel_auth_sign_in_total{outcome="invalid_credentials"} 1',
    'corbel_auth_sign_in_total{outcome="not_a_member"} 1',
    'corbel_auth_sign_in_total{outcome="success"} 1',
    'corbel_auth_sign_up_total{outcome="registered"} 1',
    'corbel_auth_sign_up_total{outcome="repeated"} 1',
    'corbel_auth_token_cache_total{outcome="hit"} 1',
    'corbel_auth_token_cache_total{outcome="miss"} 1',
  ])
})

it('documents every endpoint', async () => {
  const app = await testApp()
  const { status, body } = await app.call<{ paths: Record<string, object> }>('GET', '/openapi.json')
  expect(status).toBe(200)
  const operations = Object.entries(body.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
  )
  expect(operations.filter((operation) => /auth|well-known/.test(operation)).toSorted()).toEqual([
    'DELETE /api/v1/auth/api-keys/{id}',
    'DELETE /api/v1/auth/mfa/{id}',
    'DELETE /api/v1/auth/passkeys/{id}',
    'DELETE /api/v1/auth/service-accounts/{id}',
    'DELETE /api/v1/auth/sessions/{id}',
    'DELETE /api/v1/auth/sso/connections/{id}',
    'DELETE /api/v1/auth/sso/domains/{domain}',
    'DELETE /api/v1/auth/sso/identities/{id}',
    'GET /.well-known/change-password',
    'GET /.well-known/jwks.json',
    'GET /.well-known/oauth-authorization-server',
    'GET /.well-known/oauth-protected-resource',
    'GET /.well-known/security.txt',
    'GET /api/v1/auth/api-keys',
    'GET /api/v1/auth/invites',
    'GET /api/v1/auth/me',
    'GET /api/v1/auth/mfa',
    'GET /api/v1/auth/mfa/policy',
    'GET /api/v1/auth/passkeys',
    'GET /api/v1/auth/service-accounts',
    'GET /api/v1/auth/service-accounts/tokens',
    'GET /api/v1/auth/sessions',
    'GET /api/v1/auth/signup-policy',
    'GET /api/v1/auth/signup-requests',
    'GET /api/v1/auth/sso/connections',
    'GET /api/v1/auth/sso/connections/{id}',
    'GET /api/v1/auth/sso/domains',
    'GET /api/v1/auth/sso/identities',
    'GET /api/v1/auth/sso/providers',
    'PATCH /api/v1/auth/sso/connections/{id}',
    'POST /api/v1/auth/api-keys',
    'POST /api/v1/auth/email/send',
    'POST /api/v1/auth/email/verify',
    'POST /api/v1/auth/invites',
    'POST /api/v1/auth/invites/{id}/revoke',
    'POST /api/v1/auth/logout',
    'POST /api/v1/auth/logout/all',
    'POST /api/v1/auth/logout/others',
    'POST /api/v1/auth/magic-links',
    'POST /api/v1/auth/magic-links/verify',
    'POST /api/v1/auth/mfa/complete',
    'POST /api/v1/auth/mfa/enroll',
    'POST /api/v1/auth/mfa/recovery/regenerate',
    'POST /api/v1/auth/mfa/totp/enroll',
    'POST /api/v1/auth/mfa/totp/verify',
    'POST /api/v1/auth/passkeys/authenticate/options',
    'POST /api/v1/auth/passkeys/authenticate/verify',
    'POST /api/v1/auth/passkeys/register/options',
    'POST /api/v1/auth/passkeys/register/verify',
    'POST /api/v1/auth/password/change',
    'POST /api/v1/auth/password/confirm',
    'POST /api/v1/auth/password/forgot',
    'POST /api/v1/auth/password/reset',
    'POST /api/v1/auth/refresh',
    'POST /api/v1/auth/register',
    'POST /api/v1/auth/request-access',
    'POST /api/v1/auth/service-accounts',
    'POST /api/v1/auth/service-accounts/browser-issue',
    'POST /api/v1/auth/service-accounts/issue',
    'POST /api/v1/auth/service-accounts/tokens/{jti}/revoke',
    'POST /api/v1/auth/signup-requests/{id}/approve',
    'POST /api/v1/auth/signup-requests/{id}/reject',
    'POST /api/v1/auth/sso/connections',
    'POST /api/v1/auth/sso/domains',
    'POST /api/v1/auth/sso/{provider}/callback',
    'POST /api/v1/auth/sso/{provider}/link',
    'POST /api/v1/auth/sso/{provider}/link/callback',
    'POST /api/v1/auth/sso/{provider}/start',
    'POST /api/v1/auth/step-up',
    'POST /api/v1/auth/token',
    'POST /oauth/introspect',
    'POST /oauth/revoke',
    'POST /oauth/token',
    'PUT /api/v1/auth/mfa/policy',
  ])
})
