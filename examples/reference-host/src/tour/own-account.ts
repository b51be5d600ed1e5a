import assert from 'node:assert/strict'
import { auth, newMember, password } from './member.ts'
import type { Tour } from './tour.ts'

const me = '/api/v1/users/me'
const [email, nextEmail] = ['joan@example.com', 'joan@example.org']

/** What people do about their own accounts, to the end of one. */
export async function showOwnAccount(tour: Tour): Promise<void> {
  tour.chapter("One's own account")
  const { accessToken: token } = await newMember(tour, email, 'Clarity')
  await tour.show('a name', 200, 'PATCH', `${me}/profile`, { token, body: { displayName: 'Joan' } })
  await tour.show('what was agreed to', 200, 'GET', '/api/v1/users/consents', { token })
  const preferences = await tour.show(
    'what one is told of',
    200,
    'GET',
    '/api/v1/users/notification-preferences',
    { token },
  )
  assert.ok(Object.keys(preferences).length > 0)
  await tour.show('another address', 202, 'PATCH', `${me}/email`, { token, body: { email: nextEmail } })
  const { code } = await tour.mail(nextEmail, 'Confirm')
  await tour.show('which counts with the mail that went there', 204, 'POST', `${auth}/email/verify`, {
    body: { token: code },
  })
  await tour.show('the old one', 401, 'POST', `${auth}/token`, { body: { email, password } })
  const signIn = { body: { email: nextEmail, password } }
  const { accessToken } = await tour.show('the new one', 200, 'POST', `${auth}/token`, signIn)
  const now = { token: accessToken as string }
  const { data } = await tour.show('all that is kept', 200, 'GET', `${me}/export`, now)
  tour.tell(`it comes from ${Object.keys(data as object).join(', ')}`)
  await tour.show('the only owner of a tenant may not leave', 409, 'DELETE', me, now)

  const guest = 'jean@example.com'
  await tour.show('a member is invited', 201, 'POST', '/api/v1/tenants/invites', {
    ...now,
    body: { email: guest, role: 'member' },
  })
  const { code: invitation } = await tour.mail(guest, 'You are invited')
  const joining = { body: { token: invitation, password, acceptTerms: true } }
  await tour.show('and joins by the mail', 201, 'POST', '/api/v1/tenants/invites/accept', joining)
  await tour.show('by the same mail again', 400, 'POST', '/api/v1/tenants/invites/accept', joining)
  const signInGuest = { body: { email: guest, password } }
  const member = await tour.show('signs in', 200, 'POST', `${auth}/token`, signInGuest)
  await tour.show('is erased', 204, 'DELETE', me, { token: member['accessToken'] as string })
  await tour.show('and there is nobody any more', 401, 'POST', `${auth}/token`, signInGuest)
}
