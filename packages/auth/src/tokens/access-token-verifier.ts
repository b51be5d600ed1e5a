import { type Clock, epochSeconds, type Principal } from '@corbel/core'
import type { Counter, KeyVault, Logger, Meter } from '@corbel/core/ports'
import { AuthErrors } from '../auth-errors.ts'
import { AuthMetrics } from '../auth-metrics.ts'
import { AccessTokenClaims, clockTolerance, longestLifetime } from './access-token.ts'
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

/** Turns access tokens into principals without asking the database. Whether the session still lives is not its question. */
export class AccessTokenVerifier {
  readonly #options: AccessTokenVerifierOptions
  readonly #keys: VerificationKeys
  readonly #verified: VerifiedTokens
  readonly #lookUps: Counter

  constructor(options: AccessTokenVerifierOptions) {
    this.#options = options
    this.#verified = new VerifiedTokens(options.clock)
    this.#lookUps = options.meter.counter(AuthMetrics.tokenCache)
    this.#keys = new VerificationKeys({ ...options, onChange: () => this.#verified.clear() })
  }

  /** @throws `auth/invalid-access-token`, the same for every fault. */
  async verify(token: string): Promise<Principal> {
    if (!this.#keys.isFresh) await this.#keys.refresh()
    const known = this.#verified.find(token)
    this.#lookUps.add(known ? hit : miss)
    if (known) return known
    const claims = await this.claimsOf(token)
    if (!claims)
      throw AuthErrors.invalidAccessToken({ headers: { 'www-authenticate': 'Bearer error="invalid_token"' } })
    const principal = this.principalOf(claims)
    this.#verified.keep(token, principal, new Date(claims.exp * 1000))
    return principal
  }

  /** Who is meant by the claims of a token that is good. */
  principalOf(claims: AccessTokenClaims): Principal {
    return principalOf(claims)
  }

  /** What a token says, if it is good for this resource now; null for any other text. */
  async claimsOf(token: string): Promise<AccessTokenClaims | null> {
    const read = readAccessToken(token)
    const verify = read && (this.#keys.known(read.header.kid) ?? (await this.#keys.find(read.header.kid)))
    if (!verify) return null
    const isGood = verify(read.signed, read.signature)
    if (isGood !== true && !(await isGood)) return null
    const claims = AccessTokenClaims.safeParse(read.payload).data
    return claims && this.#isFor(claims) && this.#isCurrent(claims) ? claims : null
  }

  /** RFC 7519 §4.1.1 and §4.1.3. */
  #isFor({ iss, aud }: AccessTokenClaims): boolean {
    const { issuer, audience } = this.#options
    return (
      iss === issuer && audience.some((name) => (typeof aud === 'string' ? aud === name : aud.includes(name)))
    )
  }

  /** RFC 7519 §4.1.4 to §4.1.6. The age is looked at as well, so that no `exp` makes a token outlive the longest lifetime. */
  #isCurrent({ iat, nbf = iat, exp }: AccessTokenClaims): boolean {
    const now = epochSeconds(this.#options.clock.now())
    return (
      now < exp + clockTolerance &&
      now >= nbf - clockTolerance &&
      now >= iat - clockTolerance &&
      now <= iat + longestLifetime + clockTolerance
    )
  }
}

const hit = { outcome: 'hit' }
const miss = { outcome: 'miss' }

// Of roles there are few and of service accounts many: those of the latter are not worth more memory.
const mostScopeSets = 256
const scopeSets = new Map<string, ReadonlySet<string>>()

/** The scopes of a claim; of all tokens with the same ones it is one set. */
function scopesOf(claim: string): ReadonlySet<string> {
  const scopes = new Set(claim.split(' ').filter((scope) => scope !== ''))
  if (scopeSets.size >= mostScopeSets) scopeSets.clear()
  scopeSets.set(claim, scopes)
  return scopes
}

function principalOf(claims: AccessTokenClaims): Principal {
  const tenantId = claims.tid
  const scopes = scopeSets.get(claims.scope) ?? scopesOf(claims.scope)
  if (!('sid' in claims)) {
    return { kind: 'service', subject: claims.sub, credentialId: claims.jti, tenantId, scopes }
  }
  return {
    kind: 'user',
    subject: claims.sub,
    userId: claims.sub,
    tenantId,
    sessionId: claims.sid,
    role: claims.role,
    scopes,
    operator: claims.operator ?? false,
    emailVerified: claims.email_verified,
    aal: claims.acr === 'aal2' ? 2 : 1,
    amr: claims.amr,
    authenticatedAt: new Date(claims.auth_time * 1000),
    ...(claims.act && { impersonatorId: claims.act.sub }),
  }
}
