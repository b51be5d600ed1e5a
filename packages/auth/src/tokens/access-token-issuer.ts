import { type Clock, epochSeconds, newId } from '@corbel/core'
import type { KeyVault } from '@corbel/core/ports'
import { base64url } from 'jose'
import type { RotatedSession } from '../ports/session-repository.ts'
import {
  accessTokenAlgorithm,
  type AccessTokenClaims,
  type AccessTokenHeader,
  accessTokenType,
  firstPartyClient,
} from './access-token.ts'
import type { ScopesByRole } from './scopes-by-role.ts'

export interface AccessTokenIssuerOptions {
  readonly clock: Clock
  readonly keyVault: KeyVault
  readonly issuer: string
  readonly audience: readonly [string, ...string[]]
  /** Seconds. */
  readonly lifetime: number
  readonly scopes: ScopesByRole
}

export interface IssuedAccessToken {
  readonly accessToken: string
  /** Seconds. */
  readonly expiresIn: number
  readonly scopes: readonly string[]
}

const encoder = new TextEncoder()

/** Issues access tokens in the profile of RFC 9068. */
export class AccessTokenIssuer {
  readonly #options: AccessTokenIssuerOptions

  constructor(options: AccessTokenIssuerOptions) {
    this.#options = options
  }

  /** A token for a session, which ends with the session at the latest. */
  async issue({ session, role, emailVerified, operator }: RotatedSession): Promise<IssuedAccessToken> {
    const { clock, keyVault, issuer, audience, lifetime } = this.#options
    const scopes = this.#options.scopes[role]
    const iat = epochSeconds(clock.now())
    const exp = Math.min(iat + lifetime, epochSeconds(session.expiresAt))
    const claims: AccessTokenClaims = {
      iss: issuer,
      aud: audience.length === 1 ? audience[0] : [...audience],
      sub: session.userId,
      client_id: firstPartyClient,
      iat,
      exp,
      jti: newId('act', clock),
      sid: session.id,
      tid: session.tenantId,
      role,
      scope: scopes.join(' '),
      auth_time: epochSeconds(session.authenticatedAt),
      amr: [...session.amr],
      acr: `aal${session.aal}`,
      email_verified: emailVerified,
      ...(operator && { operator }),
    }
    const signer = await keyVault.signer()
    const header: AccessTokenHeader = { alg: accessTokenAlgorithm, typ: accessTokenType, kid: signer.kid }
    const signed = `${part(header)}.${part(claims)}`
    const signature = await signer.sign(encoder.encode(signed))
    return { accessToken: `${signed}.${base64url.encode(signature)}`, expiresIn: exp - iat, scopes }
  }
}

const part = (value: object): string => base64url.encode(JSON.stringify(value))
