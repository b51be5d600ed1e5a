import { type Clock, epochSeconds, newId } from '@corbel/core'
import { type ScopesByRole, scopesOf } from '@corbel/core/tenant'
import type { KeyVault } from '@corbel/core/ports'
import { base64url } from 'jose'
import { AuthErrors } from '../auth-errors.ts'
import type { ServiceAccountRecord } from '../ports/service-account-repository.ts'
import type { RotatedSession } from '../ports/session-repository.ts'
import {
  accessTokenAlgorithm,
  type AccessTokenHeader,
  accessTokenType,
  firstPartyClient,
  type ServiceTokenClaims,
  type UserTokenClaims,
} from './access-token.ts'

export interface AccessTokenIssuerOptions {
  readonly clock: Clock
  readonly keyVault: KeyVault
  readonly issuer: string
  readonly audience: readonly [string, ...string[]]
  /** Seconds. */
  readonly lifetime: number
  readonly scopes: ScopesByRole
  /** What operators have beyond their role. */
  readonly operatorScopes: readonly string[]
}

export interface IssuedAccessToken {
  readonly accessToken: string
  /** Seconds. */
  readonly expiresIn: number
  readonly scopes: readonly string[]
}

// With its name and the refresh token it is to fit into a cookie of 4,096 bytes (RFC 6265bis §5.6); in bearer mode too, so that no
// session depends on how it is carried.
const longest = 4000

const encoder = new TextEncoder()

/** Issues access tokens in the profile of RFC 9068. */
export class AccessTokenIssuer {
  readonly #options: AccessTokenIssuerOptions

  constructor(options: AccessTokenIssuerOptions) {
    this.#options = options
  }

  /**
   * A token for a session, which ends with the session at the latest.
   *
   * @throws `auth/too-many-permissions` for one of more than 4,000 characters: about 2,500 characters of scopes.
   */
  async issue({
    session,
    role,
    scopes: granted,
    emailVerified,
    operator,
  }: RotatedSession): Promise<IssuedAccessToken> {
    // Who acts in the name of an operator has the rights of a member.
    const isOperating = operator && session.impersonatorId === null
    const own = scopesOf(this.#options.scopes, { role, scopes: granted })
    const scopes = [...own, ...(isOperating ? this.#options.operatorScopes : [])]
    const claims = this.#registered(scopes, epochSeconds(session.expiresAt))
    const issued = await this.#sign(scopes, {
      ...claims,
      sub: session.userId,
      client_id: firstPartyClient,
      sid: session.id,
      tid: session.tenantId,
      role,
      auth_time: epochSeconds(session.authenticatedAt),
      amr: [...session.amr],
      acr: `aal${session.aal}`,
      email_verified: emailVerified,
      ...(operator && { operator }),
      ...(session.impersonatorId !== null && { act: { sub: session.impersonatorId } }),
    })
    const { length } = issued.accessToken
    if (length > longest)
      throw AuthErrors.tooManyPermissions({
        detail: `Your ${scopes.length} permissions make a token of ${length} characters; ${longest} is the most.`,
      })
    return issued
  }

  /** A token for a service account. */
  issueToService(
    { id, tenantId }: Pick<ServiceAccountRecord, 'id' | 'tenantId'>,
    scopes: readonly string[],
  ): Promise<IssuedAccessToken> {
    return this.#sign(scopes, { ...this.#registered(scopes), sub: id, client_id: id, tid: tenantId })
  }

  #registered(scopes: readonly string[], end = Number.POSITIVE_INFINITY) {
    const { clock, issuer, audience, lifetime } = this.#options
    const iat = epochSeconds(clock.now())
    return {
      iss: issuer,
      aud: audience.length === 1 ? audience[0] : [...audience],
      iat,
      exp: Math.min(iat + lifetime, end),
      jti: newId('act', clock),
      scope: scopes.join(' '),
    }
  }

  async #sign(
    scopes: readonly string[],
    claims: UserTokenClaims | ServiceTokenClaims,
  ): Promise<IssuedAccessToken> {
    const signer = await this.#options.keyVault.signer()
    const header: AccessTokenHeader = { alg: accessTokenAlgorithm, typ: accessTokenType, kid: signer.kid }
    const signed = `${part(header)}.${part(claims)}`
    const signature = await signer.sign(encoder.encode(signed))
    const accessToken = `${signed}.${base64url.encode(signature)}`
    return { accessToken, expiresIn: claims.exp - claims.iat, scopes }
  }
}

const part = (value: object): string => base64url.encode(JSON.stringify(value))
