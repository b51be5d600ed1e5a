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
    'DELETE /api/v1/auth/sessions/{id}',
    'GET /.well-known/jwks.json',
    'GET /api/v1/auth/me',
    'GET /api/v1/auth/sessions',
    'POST /api/v1/auth/email/send',
    'POST /api/v1/auth/email/verify',
    'POST /api/v1/auth/logout',
    'POST /api/v1/auth/logout/all',
    'POST /api/v1/auth/refresh',
    'POST /api/v1/auth/register',
    'POST /api/v1/auth/token',
  ])
})
