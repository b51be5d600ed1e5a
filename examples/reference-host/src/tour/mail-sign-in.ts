import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { auth, newMember } from './member.ts'
import type { Tour } from './tour.ts'

const links = `${auth}/magic-links`
const email = 'lin@example.com'

/** Signing in by mail: by its link, by its code, and never without the secret that the asking device keeps. */
export async function showMailSignIn(tour: Tour): Promise<void> {
  tour.chapter('Links and codes by mail')
  await newMember(tour, email, 'Letters')
  await tour.show('asked for', 202, 'POST', links, { body: { email } })
  await tour.show('asked for by nobody', 202, 'POST', links, { body: { email: 'no@example.com' } })
  const token = await mailedLink(tour)
  await tour.show('the link', 200, 'POST', `${links}/verify`, { body: { token } })
  await tour.show('the same link again', 401, 'POST', `${links}/verify`, { body: { token } })

  await tour.show('asked for again', 202, 'POST', links, { body: { email } })
  const { code = '' } = await tour.mail(email, 'Sign in to')
  const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, '0')
  await tour.show('another code', 401, 'POST', `${links}/verify`, { body: { email, code: wrong } })
  await tour.show('the code', 200, 'POST', `${links}/verify`, { body: { email, code } })
  await tour.show('the same code again', 401, 'POST', `${links}/verify`, { body: { email, code } })

  const codeVerifier = randomBytes(32).toString('base64url')
  const codeChallenge = createHash('sha256').update(codeVerifier).digest('base64url')
  await tour.show('bound to the device that asks', 202, 'POST', links, { body: { email, codeChallenge } })
  const bound = await mailedLink(tour)
  await tour.show('the link on another device', 401, 'POST', `${links}/verify`, { body: { token: bound } })
  await tour.show('and on this one', 200, 'POST', `${links}/verify`, {
    body: { token: bound, codeVerifier },
  })
}

async function mailedLink(tour: Tour): Promise<string> {
  const [link = ''] = (await tour.mail(email, 'Sign in to')).links ?? []
  const { hash } = new URL(link)
  assert.match(hash, /^#token=/, 'the secret stands behind the hash, where no server sees it')
  return hash.slice('#token='.length)
}
