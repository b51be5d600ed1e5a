import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { auth, newMember, password, type Tokens } from './member.ts'
import type { Tour } from './tour.ts'

const email = 'ada@example.com'
// A second more than a replaced token is answered with its successor.
const graceMs = 11_000

const signIn = (by = password) => ({ body: { email, password: by } })

export async function showSessions(tour: Tour): Promise<void> {
  tour.chapter('Signing in, sessions')
  await tour.show('a wrong password', 401, 'POST', `${auth}/token`, signIn('wrong'))
  await tour.show('nobody', 401, 'POST', `${auth}/token`, {
    body: { email: 'no@example.com', password },
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

/** A refresh token that comes again after its grace ends the session, whoever presents it. */
export async function showReuse(tour: Tour): Promise<void> {
  tour.chapter('A stolen refresh token')
  const stolen = await newMember(tour, 'eve@example.com', 'Eve')
  const refresh = ({ refreshToken }: Tokens) => ({ body: { refreshToken } })
  const live = (await tour.show(
    'its owner refreshes',
    200,
    'POST',
    `${auth}/refresh`,
    refresh(stolen),
  )) as unknown as Tokens
  await delay(graceMs)
  await tour.show('the token of before comes again', 401, 'POST', `${auth}/refresh`, refresh(stolen))
  await tour.show('the session has ended for its owner too', 401, 'POST', `${auth}/refresh`, refresh(live))
  await tour.show('and its access token', 401, 'GET', `${auth}/me`, { token: live.accessToken })
}
