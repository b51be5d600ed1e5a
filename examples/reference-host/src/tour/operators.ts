import assert from 'node:assert/strict'
import { Authenticator } from './authenticator.ts'
import { auth, newMember, password, type Tokens } from './member.ts'
import { addPasskey, passkeyAnswer } from './passkeys.ts'
import type { Tour } from './tour.ts'

const users = '/api/v1/platform/users'
const reason = 'ticket 42'

/** Who runs the platform, as the host said at its first start. */
export interface Operator {
  readonly email: string
  readonly password: string
}

export function operatorIn(greeting: string): Operator {
  const said = (name: string): string => new RegExp(`^ +${name} +(\\S+)$`, 'm').exec(greeting)?.[1] ?? ''
  return { email: said('e-mail'), password: said('password') }
}

/** Signs in as the operator with the passkey. */
export async function operatorToken(tour: Tour, device: Authenticator): Promise<string> {
  const { body } = await tour.call('POST', `${auth}/passkeys/authenticate/verify`, {
    body: { response: await passkeyAnswer(tour, device) },
  })
  return (body as unknown as Tokens).accessToken
}

/** Gives the device with which the operator signs in from now on. */
export async function showOperators(tour: Tour, operator: Operator): Promise<Authenticator> {
  tour.chapter('Operators')
  const member = await newMember(tour, 'kit@example.com', 'Kites')
  const signedIn = await tour.show(
    'the first operator, with the password of the first start',
    200,
    'POST',
    `${auth}/token`,
    { body: operator },
  )
  const weak = signedIn['accessToken'] as string
  await tour.show('a member may not list all users', 403, 'GET', users, { token: member.accessToken })
  const list = await tour.show('the operator may', 200, 'GET', `${users}?q=kit`, { token: weak })
  const [kit] = list['data'] as readonly { readonly id: string; readonly email: string }[]
  assert.equal(kit?.email, 'kit@example.com')
  const path = `${users}/${kit.id}`

  await tour.show('disable an account', 204, 'POST', `${path}/disable`, { token: weak, body: { reason } })
  await tour.show('its session has ended', 401, 'GET', `${auth}/me`, { token: member.accessToken })
  const signIn = { body: { email: kit.email, password } }
  await tour.show('and nobody gets in', 403, 'POST', `${auth}/token`, signIn)
  await tour.show('enable it again', 204, 'POST', `${path}/enable`, { token: weak, body: { reason } })
  const back = await tour.show('its owner gets in', 200, 'POST', `${auth}/token`, signIn)

  for (let i = 0; i < 5; i++) {
    const wrong = await tour.call('POST', `${auth}/token`, { body: { email: kit.email, password: 'wrong' } })
    assert.equal(wrong.status, 401)
  }
  await tour.show('after five wrong passwords the right one waits', 429, 'POST', `${auth}/token`, signIn)
  await tour.show('the operator ends the lock', 204, 'POST', `${path}/unlock`, {
    token: weak,
    body: { reason },
  })
  await tour.show('and it works', 200, 'POST', `${auth}/token`, signIn)

  await tour.show('acting for a user needs two factors', 401, 'POST', `${path}/impersonate`, {
    token: weak,
    body: { reason },
  })
  const device = new Authenticator(tour.url)
  const token = await addPasskey(tour, weak, device)
  await tour.show('and a reason', 400, 'POST', `${path}/impersonate`, { token, body: {} })
  const acting = await tour.show('with both', 200, 'POST', `${path}/impersonate`, { token, body: { reason } })
  assert.ok(!('refreshToken' in acting))
  const inTheirName = acting['accessToken'] as string
  const me = await tour.show('who that is', 200, 'GET', `${auth}/me`, { token: inTheirName })
  assert.deepEqual([me['userId'], typeof me['impersonatedBy']], [kit.id, 'string'])
  await tour.show('it does nothing about how the user gets in', 403, 'POST', `${auth}/password/change`, {
    token: inTheirName,
    body: { currentPassword: password, newPassword: `${password} again` },
  })
  const trail = await tour.show('the user reads who it was, and why', 200, 'GET', '/api/v1/audit/events', {
    token: back['accessToken'] as string,
  })
  assert.match(
    JSON.stringify(trail),
    /auth\.user\.impersonated.*ticket 42|ticket 42.*auth\.user\.impersonated/,
  )
  return device
}
