import { password, type Answer, type TestApp } from './support.fixture.ts'

export interface Invite {
  readonly id: string
  readonly email: string | null
  readonly status: string
  readonly redemptions: number
  readonly token: string | null
  readonly code?: string
}

export interface AccessRequest {
  readonly id: string
  readonly email: string
  readonly status: string
  readonly inviteId: string | null
  readonly decidedBy: string | null
  readonly code?: string
}

/** The access token of somebody who runs the platform. */
export async function operatorToken(app: TestApp): Promise<string> {
  const email = 'ops@example.org'
  await app.stack.auth.users.createOperator({ email, password })
  return (await app.signIn(email)).body.accessToken
}

export const invite = (app: TestApp, token: string, body: object = {}): Promise<Answer<Invite>> =>
  app.call('POST', '/api/v1/auth/invites', { token, body })

/** The token of the newest invitation that was mailed to an address, once all mails are out. */
export async function mailedInvite(app: TestApp, address: string): Promise<string> {
  await app.events()
  const mails = app.mailer.sent.filter(({ to, subject }) => to === address && subject.includes('invitation'))
  return mails.at(-1)?.code ?? ''
}

export const requestAccess = (
  app: TestApp,
  email: string,
  more: object = {},
  ip?: string,
): Promise<Answer<{ code?: string }>> =>
  app.call('POST', '/api/v1/auth/request-access', {
    body: { email, ...more },
    ...(ip !== undefined && { ip }),
  })

export async function requestsOf(app: TestApp, token: string, query = ''): Promise<readonly AccessRequest[]> {
  const answer = await app.call<{ data: AccessRequest[] }>('GET', `/api/v1/auth/signup-requests${query}`, {
    token,
  })
  return answer.body.data
}

export const decide = (
  app: TestApp,
  token: string,
  id: string,
  decision: 'approve' | 'reject',
): Promise<Answer<AccessRequest>> =>
  app.call('POST', `/api/v1/auth/signup-requests/${id}/${decision}`, {
    token,
    ...(decision === 'reject' && { body: { reason: 'unknown to us' } }),
  })

export const codeOf = ({ body }: Answer): string | undefined => (body as { code?: string } | undefined)?.code

/** What a stranger can compare: everything but the values that differ from call to call anyway. */
export function shape({ status, headers, body }: Answer): unknown {
  const lengths = (value: unknown): unknown => {
    if (typeof value === 'string') return value.length
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, lengths(inner)]))
  }
  return {
    status,
    headers: [...headers.keys()].filter((name) => !name.startsWith('ratelimit')),
    body: lengths(body),
  }
}
