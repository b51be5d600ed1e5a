import { defineServiceAccounts } from '@corbel/auth'
import { SignJWT } from 'jose'
import { type Answer, publicUrl, type TestApp, type TestOptions, testApp } from './support.fixture.ts'

export const requestSecret = 'a secret for signed requests of at least 32 characters'

export const declared = defineServiceAccounts({
  'settings-reader': {
    summary: 'Reads the settings',
    scopes: ['tenant:read', 'members:read'],
    maxDays: 30,
    tenancy: 'tenant',
  },
  'support-console': { summary: 'Helps tenants', scopes: ['tenant:read'], maxDays: 7, tenancy: 'global' },
})

export const machineApp = ({ settings, ...options }: TestOptions = {}): Promise<TestApp> =>
  testApp({
    serviceAccounts: declared,
    ...options,
    settings: { AUTH_CREDENTIAL_REQUEST_SECRET: requestSecret, ...settings },
  })

export interface RequestChange {
  readonly claims?: Readonly<Record<string, unknown>>
  readonly typ?: string
  readonly key?: string
}

let sequence = 0

/** A signed request as a careful client makes it; `change` makes it another. */
export function signedRequest(app: TestApp, tenantId: string, change: RequestChange = {}): Promise<string> {
  const iat = Math.floor(app.clock.now().getTime() / 1000)
  const claims = {
    iss: 'deploy',
    aud: publicUrl,
    iat,
    exp: iat + 300,
    jti: `request-number-${++sequence}`,
    account: 'settings-reader',
    tenantId,
    ...change.claims,
  }
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', typ: change.typ ?? 'credential-request+jwt' })
    .sign(new TextEncoder().encode(change.key ?? requestSecret))
}

export interface Issued {
  readonly token: string
  readonly jti: string
  readonly scopes: readonly string[]
  readonly code?: string
}

export const issue = (app: TestApp, signed: string): Promise<Answer<Issued>> =>
  app.call('POST', '/api/v1/auth/service-accounts/issue', { body: { signedRequest: signed } })

export const account = (
  app: TestApp,
  token: string,
): Promise<Answer<{ readonly id?: string; readonly code?: string }>> =>
  app.call('GET', '/api/v1/tenants/account', { token })

export interface CreatedClient {
  readonly id: string
  readonly clientSecret: string | null
  readonly code?: string
}

/** An OAuth client of the tenant of `token`. */
export async function client(
  app: TestApp,
  token: string,
  body: Readonly<Record<string, unknown>> = {},
): Promise<CreatedClient> {
  const answer = await app.call<CreatedClient>('POST', '/api/v1/auth/service-accounts', {
    token,
    body: { name: `robot ${++sequence}`, scopes: ['tenant:read'], ...body },
  })
  if (answer.status !== 201) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`)
  return answer.body
}

export interface OAuthAnswer {
  readonly access_token: string
  readonly refresh_token?: string
  readonly expires_in: number
  readonly scope: string
  readonly error?: string
  readonly active?: boolean
}

/** A form to an OAuth endpoint. */
export async function send(
  app: TestApp,
  path: string,
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer<OAuthAnswer>> {
  const request = new Request(publicUrl + path, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(fields).toString(),
  })
  const response = await app.stack.fetch(request, { remoteAddress: '192.0.2.1' })
  const text = await response.text()
  const body = (text === '' ? undefined : JSON.parse(text)) as OAuthAnswer
  return { status: response.status, headers: response.headers, body }
}

export const basic = (id: string, secret: string) => ({
  authorization: `Basic ${btoa(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`)}`,
})
