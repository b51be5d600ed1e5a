import type { Clock, Principal } from '@corbel/core'
import type { KeyVault, Logger, Meter } from '@corbel/core/ports'
import { errors, jwtVerify } from 'jose'
import { AuthErrors } from '../auth-errors.ts'
import { AuthMetrics } from '../auth-metrics.ts'
import {
  accessTokenAlgorithm,
  AccessTokenClaims,
  accessTokenType,
  clockTolerance,
  longestLifetime,
} from './access-token.ts'
import { readAccessToken } from './access-token-form.ts'
import { VerificationKeys } from './verification-keys.ts'
import { VerifiedTokens } from './verified-tokens.ts'

export interface AccessTokenVerifierOptions {
  readonly clock: Clock
  readonly keyVault: KeyVault
  readonly logger: Logger
  readonly meter: Meter
  readonly issuer: string
  /** Names of this resource; a token must be for one of them. */
  readonly audience: readonly [string, ...string[]]
}

const requiredClaims = Object.entries(AccessTokenClaims.shape).flatMap(([name, schema]) =>
  schema.safeParse(undefined).success ? [] : [name],
)

/** Turns access tokens into principals without asking the database. Whether the session still lives is not its question. */
export class AccessTokenVerifier {
  readonly #options: AccessTokenVerifierOptions
  readonly #keys: VerificationKeys
  readonly #verified: VerifiedTokens

  constructor(options: AccessTokenVerifierOptions) {
    this.#options = options
    this.#verified = new VerifiedTokens(options.clock)
    this.#keys = new VerificationKeys({ ...options, onChange: () => this.#verified.clear() })
  }

  /** @throws `auth/invalid-access-token`, the same for every fault. */
  async verify(token: string): Promise<Principal> {
    await this.#keys.refresh()
    const known = this.#verified.find(token)
    this.#options.meter.counter(AuthMetrics.tokenCache).add({ outcome: known ? 'hit' : 'miss' })
    if (known) return known
    const claims = await this.#claimsOf(token)
    if (!claims)
      throw AuthErrors.invalidAccessToken({ headers: { 'www-authenticate': 'Bearer error="invalid_token"' } })
    const principal = principalOf(claims)
    this.#verified.keep(token, principal, new Date(claims.exp * 1000))
    return principal
  }

  async #claimsOf(token: string): Promise<AccessTokenClaims | null> {
    const read = readAccessToken(token)
    const key = read && (await this.#keys.find(read.header.kid))
    if (!key) return null
    const { clock, issuer, audience } = this.#options
    try {
      const { payload } = await jwtVerify(token, key, {
        algorithms: [accessTokenAlgorithm],
        typ: accessTokenType,
        issuer,
        audience: [...audience],
        requiredClaims,
        currentDate: clock.now(),
        clockTolerance,
        // Also refuses an `iat` in the future.
        maxTokenAge: longestLifetime,
      })
      return AccessTokenClaims.safeParse(payload).data ?? null
    } catch (error) {
      if (error instanceof errors.JOSEError) return null
      throw error
    }
  }
}

const principalOf = (claims: AccessTokenClaims): Principal => ({
  userId: claims.sub,
  tenantId: claims.tid,
  sessionId: claims.sid,
  role: claims.role,
  scopes: new Set(claims.scope.split(' ').filter((scope) => scope !== '')),
  operator: claims.operator ?? false,
  emailVerified: claims.email_verified,
  aal: claims.acr === 'aal2' ? 2 : 1,
  amr: claims.amr,
  authenticatedAt: new Date(claims.auth_time * 1000),
})
