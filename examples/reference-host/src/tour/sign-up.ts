import assert from 'node:assert/strict'
import { auth, password } from './member.ts'
import type { Tour } from './tour.ts'

const email = 'ada@example.com'
const registration = { email, password, tenantName: 'Analytical Engines', acceptTerms: true }

export async function showSignUp(tour: Tour): Promise<void> {
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
  const token = (await tour.mail(email, 'Confirm')).code
  await tour.show('the token from the mail', 204, 'POST', `${auth}/email/verify`, { body: { token } })
  await tour.show('the same token again', 400, 'POST', `${auth}/email/verify`, { body: { token } })
}
