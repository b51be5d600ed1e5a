import assert from 'node:assert/strict'
import type { AuthenticationOptions, RegistrationOptions } from '@corbel/auth'
import { Authenticator } from './authenticator.ts'
import { auth, newMember, password, type Tokens } from './member.ts'
import type { Tour } from './tour.ts'

const passkeys = `${auth}/passkeys`

/** Registers a passkey for who has this token. Gives the token that takes its place, of a session of two factors. */
export async function addPasskey(tour: Tour, token: string, device: Authenticator): Promise<string> {
  const options = await tour.show(
    'begin to register a passkey',
    200,
    'POST',
    `${passkeys}/register/options`,
    {
      token,
    },
  )
  const { tokens, recoveryCodes } = await tour.show(
    'its public key',
    201,
    'POST',
    `${passkeys}/register/verify`,
    {
      token,
      body: { label: 'Laptop', response: device.register(options as unknown as RegistrationOptions) },
    },
  )
  assert.equal((recoveryCodes as readonly string[]).length, 10)
  return (tokens as Tokens).accessToken
}

/** What the device answers to a challenge of this moment. */
export async function passkeyAnswer(tour: Tour, device: Authenticator) {
  const { status, body } = await tour.call('POST', `${passkeys}/authenticate/options`)
  assert.equal(status, 200)
  return device.sign(body as unknown as AuthenticationOptions)
}

export async function showPasskeys(tour: Tour): Promise<void> {
  tour.chapter('Passkeys, with an authenticator of software')
  const email = 'grace@example.com'
  const { accessToken } = await newMember(tour, email, 'Compilers')
  const device = new Authenticator(tour.url)
  await addPasskey(tour, accessToken, device)
  const response = await passkeyAnswer(tour, device)
  const { accessToken: token } = await tour.show(
    'signs in alone, without a name',
    200,
    'POST',
    `${passkeys}/authenticate/verify`,
    {
      body: { response },
    },
  )
  const { body: me } = await tour.call('GET', `${auth}/me`, { token: token as string })
  assert.deepEqual([me['email'], me['aal']], [email, 2])
  tour.tell(`who that is: ${email}, two factors (${String(me['amr'])})`)
  await tour.show('the same answer again', 401, 'POST', `${passkeys}/authenticate/verify`, {
    body: { response },
  })
  const { challengeToken } = await tour.show(
    'the password alone gives a challenge now',
    202,
    'POST',
    `${auth}/token`,
    { body: { email, password } },
  )
  await tour.show('which the passkey completes', 200, 'POST', `${auth}/mfa/complete`, {
    body: { challengeToken, method: 'passkey', response: await passkeyAnswer(tour, device) },
  })
  const other = await passkeyAnswer(tour, new Authenticator(tour.url))
  const { userHandle } = response.response
  await tour.show('another key under its name', 401, 'POST', `${passkeys}/authenticate/verify`, {
    body: { response: { ...response, response: { ...other.response, userHandle } } },
  })
}
