import assert from 'node:assert/strict'
import type { Tour } from './tour.ts'

export const auth = '/api/v1/auth'
export const password = 'correct horse battery staple'

export interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
}

/** Registers somebody with a tenant of their own, as it was shown already, and signs in. */
export async function newMember(tour: Tour, email: string, tenantName: string): Promise<Tokens> {
  const body = { email, password, tenantName, acceptTerms: true }
  assert.equal((await tour.call('POST', `${auth}/register`, { body })).status, 201)
  const { code } = await tour.mail(email, 'Confirm')
  const verified = await tour.call('POST', `${auth}/email/verify`, { body: { token: code } })
  assert.equal(verified.status, 204)
  const signedIn = await tour.call('POST', `${auth}/token`, { body: { email, password } })
  assert.equal(signedIn.status, 200)
  return signedIn.body as unknown as Tokens
}
