import type {
  AuthenticationOptions,
  AuthenticationResponse,
  CompletedSignIn,
  RegisteredPasskey,
  RegistrationOptions,
  RegistrationResponse,
  SignInChallenge,
  Tokens,
} from '@corbel/auth'
import { SoftAuthenticator } from './soft-authenticator.fixture.ts'
import type { Answer, TestApp } from './support.fixture.ts'

type Failure = { readonly code?: string }

const root = '/api/v1/auth/passkeys'

export const registrationOptions = (
  app: TestApp,
  token: string,
): Promise<Answer<RegistrationOptions & Failure>> => app.call('POST', `${root}/register/options`, { token })

export const register = (
  app: TestApp,
  token: string,
  response: RegistrationResponse,
): Promise<Answer<RegisteredPasskey & Failure>> =>
  app.call('POST', `${root}/register/verify`, { token, body: { response, label: 'Laptop' } })

export async function options(app: TestApp): Promise<AuthenticationOptions> {
  const { status, body } = await app.call<AuthenticationOptions>('POST', `${root}/authenticate/options`)
  if (status !== 200) throw new Error(`asking for options answered ${status}: ${JSON.stringify(body)}`)
  return body
}

export const signInWith = (
  app: TestApp,
  response: AuthenticationResponse,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Answer<Tokens & Failure>> =>
  app.call('POST', `${root}/authenticate/verify`, { body: { response, ...more } })

/** Asks for a challenge, signs it and signs in. */
export const passkeySignIn = async (
  app: TestApp,
  device: SoftAuthenticator,
): Promise<Answer<Tokens & Failure>> => signInWith(app, await device.sign(await options(app)))

export const completeWith = (
  app: TestApp,
  challengeToken: string,
  response: AuthenticationResponse,
): Promise<Answer<CompletedSignIn & SignInChallenge & Failure>> =>
  app.call('POST', '/api/v1/auth/mfa/complete', { body: { challengeToken, method: 'passkey', response } })

export interface WithPasskey extends RegisteredPasskey {
  readonly device: SoftAuthenticator
}

/** Registers a passkey for who has these tokens. */
export async function withPasskey(
  app: TestApp,
  { accessToken }: Tokens,
  device?: SoftAuthenticator,
): Promise<WithPasskey> {
  const used = device ?? (await SoftAuthenticator.create())
  const begun = await registrationOptions(app, accessToken)
  if (begun.status !== 200)
    throw new Error(`the options answered ${begun.status}: ${JSON.stringify(begun.body)}`)
  const { status, body } = await register(app, accessToken, await used.register(begun.body))
  if (status !== 201) throw new Error(`registering answered ${status}: ${JSON.stringify(body)}`)
  return { ...body, device: used }
}
