import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import type { Tour } from './tour.ts'
import { totpCode } from './totp-app.ts'

const auth = '/api/v1/auth'
// A second more than a replaced token is answered with its successor.
const graceMs = 11_000
const email = 'ada@example.com'
const first = 'correct horse battery staple'
const second = 'seven new lamps in the attic'

interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
}

const registration = { email, password: first, tenantName: 'Analytical Engines', acceptTerms: true }
const signIn = (password = first) => ({ body: { email, password } })

/** Gives an access token of a session of two factors. */
export async function showPeople(tour: Tour): Promise<string> {
  await showSignUp(tour)
  await showSessions(tour)
  await showPasswords(tour)
  return showFactors(tour)
}

async function showSignUp(tour: Tour): Promise<void> {
  tour.chapter('Signing up')
  const made = await tour.show('an account and its tenant', 201, 'POST', `${auth}/register`, {
    body: registration,
  })
  const again = await tour.show('the same address again looks the same', 201, 'POST', `${auth}/register`, {
    body: registration,
  })
  assert.deepEqual(Object.keys(again), Object.keys(made))
  await tour.show('a common password', 422, 'POST', `${auth}/register`, {
    body: { ...registration, email: 'bob@example.com', password: 'Password-Password-2026' },
  })
  const token = await tour.mailed(email, 'Confirm')
  await tour.show('the token from the mail', 204, 'POST', `${auth}/email/verify`, { body: { token } })
  await tour.show('the same token again', 400, 'POST', `${auth}/email/verify`, { body: { token } })
}

async function showSessions(tour: Tour): Promise<void> {
  tour.chapter('Signing in, sessions')
  await tour.show('a wrong password', 401, 'POST', `${auth}/token`, signIn('wrong'))
  await tour.show('nobody', 401, 'POST', `${auth}/token`, {
    body: { email: 'no@example.com', password: first },
  })
  const laptop = (await tour.show(
    'the right one',
    200,
    'POST',
    `${auth}/token`,
    signIn(),
  )) as unknown as Tokens
  const phone = (await tour.show(
    'a second device',
    200,
    'POST',
    `${auth}/token`,
    signIn(),
  )) as unknown as Tokens
  await tour.show('who that is', 200, 'GET', `${auth}/me`, { token: laptop.accessToken })
  const both = await Promise.all(
    [1, 2].map(() => tour.call('POST', `${auth}/refresh`, { body: { refreshToken: laptop.refreshToken } })),
  )
  assert.deepEqual(
    both.map(({ status }) => status),
    [200, 200],
  )
  assert.equal(both[0]?.body['refreshToken'], both[1]?.body['refreshToken'])
  tour.tell('two tabs refresh at once: one successor, nobody is signed out')
  const list = await tour.show('the list of devices', 200, 'GET', `${auth}/sessions`, {
    token: phone.accessToken,
  })
  assert.equal((list['data'] as readonly unknown[]).length, 2)
  await tour.show('sign out', 204, 'POST', `${auth}/logout`, { body: { refreshToken: phone.refreshToken } })
  await tour.show('its access token afterwards', 401, 'GET', `${auth}/me`, { token: phone.accessToken })
}

async function showPasswords(tour: Tour): Promise<void> {
  tour.chapter('Passwords')
  await tour.show('forgotten', 202, 'POST', `${auth}/password/forgot`, { body: { email } })
  await tour.show('forgotten by nobody', 202, 'POST', `${auth}/password/forgot`, {
    body: { email: 'no@example.com' },
  })
  const token = await tour.mailed(email, 'A new password')
  const body = { token, newPassword: second }
  await tour.show('a new one by the mail', 204, 'POST', `${auth}/password/confirm`, { body })
  await tour.show('by the same mail again', 400, 'POST', `${auth}/password/confirm`, { body })
  await tour.show('the old one', 401, 'POST', `${auth}/token`, signIn(first))
  const { accessToken } = (await tour.show(
    'the new one',
    200,
    'POST',
    `${auth}/token`,
    signIn(second),
  )) as unknown as Tokens
  const change = { currentPassword: second, newPassword: 'nine green kites over the harbour' }
  await tour.show('changed by who knows it', 204, 'POST', `${auth}/password/change`, {
    token: accessToken,
    body: change,
  })
  await tour.show('every session has ended', 401, 'GET', `${auth}/me`, { token: accessToken })
}

async function showFactors(tour: Tour): Promise<string> {
  tour.chapter('Second factors')
  const password = 'nine green kites over the harbour'
  const { accessToken } = (await tour.show(
    'sign in',
    200,
    'POST',
    `${auth}/token`,
    signIn(password),
  )) as unknown as Tokens
  const app = await tour.show('begin to enrol an authenticator app', 201, 'POST', `${auth}/mfa/totp/enroll`, {
    token: accessToken,
    body: { label: 'Phone' },
  })
  const secret = app['secret'] as string
  const verified = await tour.show('its first code', 200, 'POST', `${auth}/mfa/totp/verify`, {
    token: accessToken,
    body: { id: app['id'], code: totpCode(secret) },
  })
  const [recovery = ''] = verified['recoveryCodes'] as readonly string[]
  const challenge = await tour.show(
    'the password alone gives a challenge',
    202,
    'POST',
    `${auth}/token`,
    signIn(password),
  )
  const complete = (challengeToken: unknown, method: string, code: string) => ({
    body: { challengeToken, method, code },
  })
  const code = totpCode(secret, 1)
  const done = await tour.show(
    'the next code completes it',
    200,
    'POST',
    `${auth}/mfa/complete`,
    complete(challenge['challengeToken'], 'totp', code),
  )
  const other = await tour.show('another challenge', 202, 'POST', `${auth}/token`, signIn(password))
  await tour.show(
    'the same code again',
    401,
    'POST',
    `${auth}/mfa/complete`,
    complete(other['challengeToken'], 'totp', code),
  )
  await tour.show(
    'a recovery code',
    200,
    'POST',
    `${auth}/mfa/complete`,
    complete(other['challengeToken'], 'recovery', recovery),
  )
  const third = await tour.show('a third challenge', 202, 'POST', `${auth}/token`, signIn(password))
  await tour.show(
    'the same recovery code again',
    401,
    'POST',
    `${auth}/mfa/complete`,
    complete(third['challengeToken'], 'recovery', recovery),
  )
  const stronger = await tour.show('step up before something that matters', 200, 'POST', `${auth}/step-up`, {
    token: (done as unknown as Tokens).accessToken,
    body: { method: 'password', password },
  })
  return stronger['accessToken'] as string
}

/** A refresh token that comes again after its grace ends the session, whoever presents it. */
export async function showReuse(tour: Tour): Promise<void> {
  tour.chapter('A stolen refresh token')
  const eve = { ...registration, email: 'eve@example.com', tenantName: 'Eve' }
  await tour.show('another account', 201, 'POST', `${auth}/register`, { body: eve })
  const stolen = await tour.show('signs in', 200, 'POST', `${auth}/token`, {
    body: { email: eve.email, password: first },
  })
  const refresh = ({ refreshToken }: Readonly<Record<string, unknown>>) => ({ body: { refreshToken } })
  const live = await tour.show('refreshes', 200, 'POST', `${auth}/refresh`, refresh(stolen))
  await delay(graceMs)
  await tour.show('the token of before comes again', 401, 'POST', `${auth}/refresh`, refresh(stolen))
  await tour.show(
    'the session has ended for its owner as well',
    401,
    'POST',
    `${auth}/refresh`,
    refresh(live),
  )
  await tour.show('its access token too', 401, 'GET', `${auth}/me`, { token: live['accessToken'] as string })
}
