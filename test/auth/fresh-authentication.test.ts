import { milliseconds } from '@corbel/core'
import { describe, expect, it } from 'vitest'
import { testApp } from './support.fixture.ts'

/** In the path of whatever changes an address, a password, a factor, a key, a connection or who belongs to a tenant. */
const guarded =
  /\/(?:v1\/settings|email|password|mfa|passkeys|api-keys|service-accounts|oauth-clients|sso|members|invites|ownership-transfer|impersonate)(?:\/|$)/

/** Guarded, and yet open to a session of long ago or to none: why. */
const exceptions: Readonly<Record<string, string>> = {
  'POST /api/v1/auth/email/send': 'mails to the address of the account and changes nothing',
  'POST /api/v1/auth/email/verify': 'the token from the mail is the proof',
  'POST /api/v1/auth/mfa/complete': 'the challenge and the code are the proof',
  'POST /api/v1/auth/mfa/enroll': 'the challenge of a sign-in that has just begun is the proof',
  'POST /api/v1/auth/password/forgot': 'mails to the address of the account and changes nothing',
  'POST /api/v1/auth/password/confirm': 'the token from the mail is the proof',
  'POST /api/v1/auth/passkeys/authenticate/options': 'gives a challenge and changes nothing',
  'POST /api/v1/auth/passkeys/authenticate/verify': 'the signature of the passkey is the proof',
  'DELETE /api/v1/auth/api-keys/{id}': 'only takes access away, and must not wait when a key has leaked',
  'POST /api/v1/auth/invites/{id}/revoke':
    'only takes access away, and must not wait when a token has leaked',
  'POST /api/v1/tenants/invites/{id}/revoke':
    'only takes access away, and must not wait when a mail went to the wrong address',
  'POST /api/v1/tenants/invites/accept': 'the token from the mail is the proof',
  'POST /api/v1/tenants/invites/accept/current': 'the token from the mail is the proof',
  'POST /api/v1/auth/sso/{provider}/start': 'gives an address to sign in at and changes nothing',
  'POST /api/v1/auth/sso/{provider}/callback': 'the code of the provider is the proof',
  'POST /api/v1/auth/service-accounts/issue': 'the signature of the request is the proof',
}

const { stack } = await testApp()
const writes = stack.operations
  .filter(({ endpoint }) => endpoint.method !== 'GET')
  .map(({ path, endpoint }) => ({ route: `${endpoint.method} ${path}`, access: endpoint.access, path }))
const sensitive = writes.filter(({ path }) => guarded.test(path))

describe('a route that changes how somebody gets in', () => {
  it.each(sensitive.filter(({ route }) => exceptions[route] === undefined))(
    '$route needs an authentication of the last 15 minutes',
    ({ access }) => {
      const assurance = 'assurance' in access ? access.assurance : undefined
      expect(assurance?.maxAge).toBeDefined()
      expect(milliseconds(assurance?.maxAge ?? '0ms')).toBeLessThanOrEqual(milliseconds('15m'))
    },
  )

  it('is known: there are some of each kind', () => {
    const routes = sensitive.map(({ route }) => route)
    expect(routes).toContain('DELETE /api/v1/auth/mfa/{id}')
    expect(routes).toContain('POST /api/v1/auth/mfa/recovery/regenerate')
    expect(routes).toContain('PUT /api/v1/auth/mfa/policy')
    expect(routes).toContain('POST /api/v1/auth/passkeys/register/verify')
    expect(routes).toContain('DELETE /api/v1/auth/passkeys/{id}')
  })

  it('has no exception that it does not need', () => {
    const open = sensitive.filter(({ route }) => exceptions[route] !== undefined)
    for (const { access } of open)
      expect('assurance' in access ? access.assurance?.maxAge : undefined).toBeUndefined()
  })
})
