import assert from 'node:assert/strict'
import type { Authenticator } from './authenticator.ts'
import { auth, password } from './member.ts'
import { operatorToken } from './operators.ts'
import type { Tour } from './tour.ts'

const email = 'rosa@example.com'

/** Signing up where an operator decides who gets in. */
export async function showApproval(tour: Tour, device: Authenticator): Promise<void> {
  tour.chapter('Signing up by approval')
  const policy = await tour.show('the policy of this host', 200, 'GET', `${auth}/signup-policy`)
  assert.equal(policy['policy'], 'approval')
  const registration = { email, password, tenantName: 'Roses', acceptTerms: true }
  await tour.show('nobody registers alone', 403, 'POST', `${auth}/register`, { body: registration })
  const ask = { body: { email, name: 'Rosa', message: 'Let me in.' } }
  await tour.show('asking to be let in', 202, 'POST', `${auth}/request-access`, ask)
  await tour.show('asking again looks the same', 202, 'POST', `${auth}/request-access`, ask)
  const token = await operatorToken(tour, device)
  const list = await tour.show(
    'what an operator sees: one request',
    200,
    'GET',
    `${auth}/signup-requests?status=pending`,
    { token },
  )
  const [request, ...others] = list['data'] as readonly { readonly id: string; readonly email: string }[]
  assert.deepEqual([request?.email, others], [email, []])
  const approve = `${auth}/signup-requests/${request?.id}/approve`
  await tour.show('approved', 200, 'POST', approve, { token })
  await tour.show('it is decided once', 409, 'POST', approve, { token })
  const { code: inviteToken } = await tour.mail(email, 'Your invitation')
  await tour.show('the invitation from the mail', 201, 'POST', `${auth}/register`, {
    body: { ...registration, inviteToken },
  })
  await tour.show('the newcomer signs in', 200, 'POST', `${auth}/token`, { body: { email, password } })
  await tour.show('the invitation is spent', 403, 'POST', `${auth}/register`, {
    body: { ...registration, email: 'second@example.com', inviteToken },
  })
}
