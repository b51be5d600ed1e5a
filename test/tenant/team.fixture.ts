import type { Tokens } from '@corbel/auth'
import type { Membership } from '@corbel/core/tenant'
import { password, type TestApp, testApp, type TestOptions } from '../auth/support.fixture.ts'

export const members = '/api/v1/tenants/members'
export const invites = '/api/v1/tenants/invites'

export interface Problem {
  readonly code?: string
}

/** The token in the newest mail to an address. */
export async function tokenFor(app: TestApp, email: string): Promise<string> {
  await app.events()
  const token = app.mailer.sent.findLast(({ to, code }) => to === email && code?.startsWith('cti_'))?.code
  if (token === undefined) throw new Error(`No invitation was sent to ${email}.`)
  return token
}

/** A tenant of Ada's, who is fresh, and a way to give it members. */
export async function team(options: TestOptions = {}) {
  const app = await testApp(options)
  const owner = await app.member('ada@example.com')
  const invite = (email: string, role = 'member', more: object = {}, token = owner.accessToken) =>
    app.call<Problem & { readonly id: string }>('POST', invites, { token, body: { email, role, ...more } })
  const accept = (token: string) =>
    app.call<Problem & { readonly membership: Membership }>('POST', `${invites}/accept`, {
      body: { token, password, acceptTerms: true },
    })
  /** Somebody new with this role, signed in to the tenant. */
  async function join(email: string, role: string): Promise<Tokens & { readonly userId: string }> {
    await invite(email, role)
    const accepted = await accept(await tokenFor(app, email))
    if (accepted.status !== 201) throw new Error(`accepting answered ${JSON.stringify(accepted)}`)
    const { body } = await app.signIn(email, { tenantId: owner.tenantId })
    return { ...body, userId: accepted.body.membership.userId }
  }
  const me = await app.call<{ readonly userId: string }>('GET', '/api/v1/auth/me', {
    token: owner.accessToken,
  })
  return { app, owner: { ...owner, userId: me.body.userId }, invite, accept, join }
}
