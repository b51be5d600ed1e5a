import { auth, password, type Tokens } from './member.ts'
import type { Tour } from './tour.ts'

const email = 'ada@example.com'
const next = 'seven new lamps in the attic'

/** What it is in the end. */
export const lastPassword = 'nine green kites over the harbour'

const signIn = (by: string) => ({ body: { email, password: by } })

export async function showPasswords(tour: Tour): Promise<void> {
  tour.chapter('Passwords')
  await tour.show('forgotten', 202, 'POST', `${auth}/password/forgot`, { body: { email } })
  await tour.show('forgotten by nobody', 202, 'POST', `${auth}/password/forgot`, {
    body: { email: 'no@example.com' },
  })
  const token = (await tour.mail(email, 'A new password')).code
  const body = { token, newPassword: next }
  await tour.show('a new one by the mail', 204, 'POST', `${auth}/password/confirm`, { body })
  await tour.show('by the same mail again', 400, 'POST', `${auth}/password/confirm`, { body })
  await tour.show('the old one', 401, 'POST', `${auth}/token`, signIn(password))
  const { accessToken } = (await tour.show(
    'the new one',
    200,
    'POST',
    `${auth}/token`,
    signIn(next),
  )) as unknown as Tokens
  const change = { currentPassword: next, newPassword: lastPassword }
  await tour.show('changed by who knows it', 204, 'POST', `${auth}/password/change`, {
    token: accessToken,
    body: change,
  })
  await tour.show('every session has ended', 401, 'GET', `${auth}/me`, { token: accessToken })
}
