import { auth, type Tokens } from './member.ts'
import { lastPassword as password } from './passwords.ts'
import { totpCode } from './totp-app.ts'
import type { Tour } from './tour.ts'

const signIn = { body: { email: 'ada@example.com', password } }

/** Gives an access token of a session of two factors. */
export async function showFactors(tour: Tour): Promise<string> {
  tour.chapter('Second factors')
  const { accessToken } = (await tour.show(
    'sign in',
    200,
    'POST',
    `${auth}/token`,
    signIn,
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
    signIn,
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
  const other = await tour.show('another challenge', 202, 'POST', `${auth}/token`, signIn)
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
  const third = await tour.show('a third challenge', 202, 'POST', `${auth}/token`, signIn)
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
