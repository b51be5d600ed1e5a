import type { CompletedSignIn, SignInChallenge, Tokens, TotpEnrollment, VerifiedTotp } from '@corbel/auth'
import type { Answer, TestApp } from './support.fixture.ts'
import { totpCode, totpStep } from '../../packages/auth/src/factors/totp.ts'

type Failure = { readonly code?: string }

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

export function bytesOf(base32: string): Uint8Array<ArrayBuffer> {
  const bits = Array.from(base32, (character) =>
    alphabet.indexOf(character).toString(2).padStart(5, '0'),
  ).join('')
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2))
}

/** An authenticator app. */
export class Authenticator {
  readonly #app: TestApp
  readonly #secret: Uint8Array<ArrayBuffer>

  constructor(app: TestApp, { secret }: TotpEnrollment) {
    this.#app = app
    this.#secret = bytesOf(secret)
  }

  /** The code of now, or of so many steps later. */
  code(steps = 0): Promise<string> {
    return totpCode(this.#secret, totpStep(this.#app.clock.now()) + steps)
  }

  /** The code of the next step, after waiting for it: no code is accepted twice. */
  next(): Promise<string> {
    this.#app.clock.advance('30s')
    return this.code()
  }
}

export const enroll = (app: TestApp, token: string): Promise<Answer<TotpEnrollment & Failure>> =>
  app.call('POST', '/api/v1/auth/mfa/totp/enroll', { token, body: { label: 'Phone' } })

export const verify = (
  app: TestApp,
  token: string,
  id: string,
  code: string,
): Promise<Answer<VerifiedTotp & Failure>> =>
  app.call('POST', '/api/v1/auth/mfa/totp/verify', { token, body: { id, code } })

export interface Enrolled {
  readonly factorId: string
  readonly authenticator: Authenticator
  readonly recoveryCodes: readonly string[]
  readonly tokens: Tokens
}

/** Enrols and confirms an authenticator app. */
export async function enrolled(app: TestApp, { accessToken }: Tokens): Promise<Enrolled> {
  const { status: begun, body: enrollment } = await enroll(app, accessToken)
  if (begun !== 201) throw new Error(`enrolling answered ${begun}: ${JSON.stringify(enrollment)}`)
  const authenticator = new Authenticator(app, enrollment)
  const { status, body } = await verify(app, accessToken, enrollment.id, await authenticator.code())
  if (status !== 200) throw new Error(`verifying answered ${status}: ${JSON.stringify(body)}`)
  return { authenticator, factorId: enrollment.id, recoveryCodes: body.recoveryCodes, tokens: body.tokens }
}

/** Signs in as far as the second step. */
export async function challenged(app: TestApp, email = 'ada@example.com'): Promise<SignInChallenge> {
  const { status, body } = await app.signIn(email)
  if (status !== 202) throw new Error(`signing in answered ${status}: ${JSON.stringify(body)}`)
  return body as unknown as SignInChallenge
}

export const complete = (
  app: TestApp,
  challengeToken: string,
  code: string,
  method: 'totp' | 'recovery' = 'totp',
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer<CompletedSignIn & Failure>> =>
  app.call('POST', '/api/v1/auth/mfa/complete', { body: { challengeToken, method, code }, headers })

export const stepUp = (app: TestApp, token: string, body: unknown): Promise<Answer<Tokens & Failure>> =>
  app.call('POST', '/api/v1/auth/step-up', { token, body })
