import { type Clock, epochSeconds, newId } from '@corbel/core'
import { type ScopesByRole, scopesOf } from '@corbel/core/tenant'
import type { KeyVault } from '@corbel/core/ports'
import { base64url } from 'jose'
import type { ServiceAccountRecord } from '../ports/service-account-repository.ts'
import type { RotatedSession } from '../ports/session-repository.ts'
import {
  accessTokenAlgorithm,
  type AccessTokenHeader,
  accessTokenType,
  firstPartyClient,
  longestKid,
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

// 64 octets (RFC 8032 §5.1.6).
const encodedSignature = 86

const everyMethod = ['pwd', 'otp', 'recovery', 'pop', 'email', 'fed', 'mfa']

const encoder = new TextEncoder()

/** Issues access tokens in the profile of RFC 9068. */
export class AccessTokenIssuer {
  readonly #options: AccessTokenIssuerOptions

  /** @throws When somebody could have a token of more than 4,000 characters: all scopes together have some 2,300. */
  constructor(options: AccessTokenIssuerOptions) {
    this.#options = options
    const length = this.#longest()
    if (length > longest)
      throw new Error(
        `The permissions of the stack make access tokens of ${length} characters, and a cookie holds ${longest}. Declare fewer of them, or with shorter scopes.`,
      )
  }

  /** A token for a session, which ends with the session at the latest. */
  issue(rotated: RotatedSession): Promise<IssuedAccessToken> {
    const { session, role, scopes: granted, operator } = rotated
    // Who acts in the name of an operator has the rights of a member.
    const isOperating = operator && session.impersonatorId === null
    const own = scopesOf(this.#options.scopes, { role, scopes: granted })
    const scopes = [...own, ...(isOperating ? this.#options.operatorScopes : [])]
    return this.#sign(scopes, this.#userClaims(scopes, rotated))
  }

  /** A token for a service account: shorter than one for a user with the same scopes. */
  issueToService(
    { id, tenantId }: Pick<ServiceAccountRecord, 'id' | 'tenantId'>,
    scopes: readonly string[],
  ): Promise<IssuedAccessToken> {
    return this.#sign(scopes, { ...this.#registered(scopes), sub: id, client_id: id, tid: tenantId })
  }

  #userClaims(
    scopes: readonly string[],
    { session, role, emailVerified, operator }: Omit<RotatedSession, 'scopes'>,
  ): UserTokenClaims {
    return {
      ...this.#registered(scopes, epochSeconds(session.expiresAt)),
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
    }
  }

  /** Characters of a token that has all that a token can have. */
  #longest(): number {
    const { clock, scopes, operatorScopes } = this.#options
    const [userId, now] = [newId('usr', clock), clock.now()]
    const session = {
      id: newId('ses', clock),
      tenantId: newId('ten', clock),
      userId,
      impersonatorId: userId,
      createdAt: now,
      lastSeenAt: now,
      authenticatedAt: now,
      expiresAt: now,
      userAgent: null,
      ipPrefix: null,
      place: null,
      aal: 2 as const,
      amr: everyMethod,
    }
    const claims = this.#userClaims([...scopes.owner, ...operatorScopes], {
      session,
      role: 'member',
      emailVerified: false,
      operator: true,
    })
    return part(headerOf('k'.repeat(longestKid))).length + part(claims).length + encodedSignature + 2
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
    const signed = `${part(headerOf(signer.kid))}.${part(claims)}`
    const signature = await signer.sign(encoder.encode(signed))
    const accessToken = `${signed}.${base64url.encode(signature)}`
    return { accessToken, expiresIn: claims.exp - claims.iat, scopes }
  }
}

const headerOf = (kid: string): AccessTokenHeader => ({
  alg: accessTokenAlgorithm,
  typ: accessTokenType,
  kid,
})

const part = (value: object): string => base64url.encode(JSON.stringify(value))
