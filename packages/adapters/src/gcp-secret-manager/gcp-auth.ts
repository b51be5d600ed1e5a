import { createSign } from 'node:crypto'
import { type Clock, Secret, systemClock } from '@corbel/core/ports'
import { type AccessToken, accessTokenOf } from '../bearer-calls.ts'
import { callService } from '../service-call.ts'
import { ServiceError } from '../service-error.ts'

const service = 'Google OAuth 2.0'

/** A way to an access token for Google Cloud. */
export type GcpAuth = () => Promise<AccessToken>

export interface GcpServiceAccountKey {
  /** `client_email`, `private_key` and `token_uri` of the key file. */
  readonly clientEmail: string
  readonly privateKey: Secret
  /** @default 'https://oauth2.googleapis.com/token' */
  readonly tokenUri?: string
}

/** A service account with a key: an assertion that it signs is exchanged for a token (RFC 7523 §2.1). */
export const gcpServiceAccount =
  (
    { clientEmail, privateKey, tokenUri = 'https://oauth2.googleapis.com/token' }: GcpServiceAccountKey,
    clock: Clock = systemClock,
  ): GcpAuth =>
  async () => {
    const now = Math.floor(clock.now().getTime() / 1000)
    const claims = {
      iss: clientEmail,
      scope: 'https://www.googleapis.com/auth/cloud-platform',
      aud: tokenUri,
      iat: now,
      exp: now + 3600,
    }
    const signed = [{ alg: 'RS256', typ: 'JWT' }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.')
    const signature = createSign('RSA-SHA256').update(signed).sign(privateKey.reveal(), 'base64url')
    const body = new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: `${signed}.${signature}`,
    })
    const answer = await callService({
      service,
      method: 'POST',
      url: new URL(tokenUri),
      body,
      accept: [400],
    })
    // `invalid_grant`: the account, its key or the clock of this machine is not what Google knows.
    if (answer.status === 400)
      throw new ServiceError({ service, request: 'a sign-in', status: 400, failure: 'denied' })
    return accessTokenOf(service, answer, (text) => new Secret(text))
  }

/** The service account of the machine. @param endpoint - Of its metadata server. */
export const gcpMetadata =
  (endpoint = 'http://metadata.google.internal'): GcpAuth =>
  async () => {
    const url = new URL('/computeMetadata/v1/instance/service-accounts/default/token', endpoint)
    const headers = { 'metadata-flavor': 'Google' }
    const call = { service: 'The metadata server of Google Cloud', method: 'GET', url, headers } as const
    return accessTokenOf(service, await callService(call), (text) => new Secret(text))
  }
