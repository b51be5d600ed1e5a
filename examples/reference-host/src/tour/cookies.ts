import assert from 'node:assert/strict'
import { auth, newMember, password } from './member.ts'
import type { Tour } from './tour.ts'

const email = 'mae@example.com'

/** A session in a cookie, for browsers: no token in reach of a script, and no use to another site. */
export async function showCookies(tour: Tour): Promise<void> {
  tour.chapter('A session in a cookie')
  const { accessToken } = await newMember(tour, email, 'Orbits')
  const page = { origin: tour.url, 'sec-fetch-site': 'same-origin' }
  const opened = await tour.call('POST', `${auth}/token`, {
    body: { email, password },
    headers: { ...page, 'session-transport': 'cookie' },
  })
  assert.equal(opened.status, 200)
  assert.ok(!('accessToken' in opened.body) && !('refreshToken' in opened.body))
  const cookie = cookieOf(opened.headers)
  tour.tell('signing in: one __Host- cookie that no script reads, and no token in the body')
  const headers = { ...page, cookie }
  await tour.show('the cookie is enough', 200, 'GET', `${auth}/me`, { headers })
  await tour.show('a page of another site', 403, 'POST', `${auth}/refresh`, {
    headers: { cookie, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
  })
  await tour.show('a cookie and a bearer token at once', 400, 'GET', `${auth}/me`, {
    headers,
    token: accessToken,
  })
  const renewed = await tour.call('POST', `${auth}/refresh`, { headers })
  assert.equal(renewed.status, 200)
  const next = { ...page, cookie: cookieOf(renewed.headers) }
  assert.notEqual(next.cookie, cookie)
  tour.tell('renewed: the cookie is another one')
  await tour.show('sign out', 204, 'POST', `${auth}/logout`, { headers: next })
  await tour.show('a copy of the cookie afterwards', 401, 'GET', `${auth}/me`, { headers: next })
}

function cookieOf(headers: Headers): string {
  const [line = '', ...others] = headers.getSetCookie()
  assert.equal(others.length, 0)
  assert.match(line, /^__Host-session=.*; Path=\/; Secure; HttpOnly; SameSite=Strict/)
  return line.slice(0, line.indexOf(';'))
}
