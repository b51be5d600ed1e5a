import type { Clock, Principal } from '@corbel/core'
import { AuthErrors } from '../auth-errors.ts'
import type { ServiceAccountRepository } from '../ports/service-account-repository.ts'
import type { SessionRepository } from '../ports/session-repository.ts'
import type { AccessTokenClaims } from './access-token.ts'
import type { AccessTokenVerifier } from './access-token-verifier.ts'
import type { ListRevokedSince, Revocation, RevocationList } from './revocation-list.ts'

export interface AccessTokenServiceDeps {
  readonly sessions: Pick<SessionRepository, 'listRevokedSince' | 'isLive'>
  readonly serviceAccounts: Pick<ServiceAccountRepository, 'listRevokedSince' | 'isLive'>
  readonly clock: Clock
  /** Whether every request asks the database, instead of a list that is a little old. */
  readonly liveCheck: boolean
  readonly accessTokens: AccessTokenVerifier
  readonly revocations: RevocationList
}

export class AccessTokenService {
  readonly #deps: AccessTokenServiceDeps
  readonly #listRevokedSince: ListRevokedSince

  constructor(deps: AccessTokenServiceDeps) {
    this.#deps = deps
    this.#listRevokedSince = async (since) => {
      const { sessions, serviceAccounts } = deps
      const lists = [sessions.listRevokedSince(since), serviceAccounts.listRevokedSince(since)]
      return (await Promise.all<readonly Revocation[]>(lists)).flat()
    }
  }

  /**
   * Who presents this access token. A session or service account that ended in this instance is refused at once, one that ended in another instance
   * after three times `AUTH_REVOCATION_POLL_SECONDS` at the latest. Needs no statement of its own, unless that is 0: then one, and an end is seen
   * at once.
   *
   * @throws `auth/invalid-access-token`, `auth/session-ended`, `auth/revocations-unavailable`.
   */
  async authenticate(token: string): Promise<Principal> {
    const { accessTokens } = this.#deps
    const principal = await accessTokens.verify(token)
    const isLive = this.#deps.liveCheck
      ? await this.#isLive(principal)
      : await this.#isListedLive(
          principal.kind === 'user' ? [principal.sessionId] : [principal.subject, principal.credentialId],
        )
    if (!isLive) {
      throw AuthErrors.sessionEnded({ headers: { 'www-authenticate': 'Bearer error="invalid_token"' } })
    }
    return principal
  }

  /** What a token says while it is good and not revoked; null for any other text. @throws `auth/revocations-unavailable` */
  async inspect(token: string): Promise<AccessTokenClaims | null> {
    const { accessTokens, liveCheck } = this.#deps
    const claims = await accessTokens.claimsOf(token)
    if (!claims) return null
    const isLive = liveCheck
      ? await this.#isLive(accessTokens.principalOf(claims))
      : await this.#isListedLive('sid' in claims ? [claims.sid] : [claims.sub, claims.jti])
    return isLive ? claims : null
  }

  /** Without a promise while the list is fresh: this is on the way of every request. */
  #isListedLive(ids: readonly string[]): boolean | Promise<boolean> {
    const { revocations } = this.#deps
    const isListed = (): boolean => ids.some((id) => revocations.has(id as Revocation['id']))
    return revocations.isFresh ? !isListed() : this.refreshRevocations().then(() => !isListed())
  }

  /** One indexed read. @throws `auth/revocations-unavailable` */
  async #isLive(principal: Principal): Promise<boolean> {
    const { sessions, serviceAccounts, clock } = this.#deps
    try {
      return principal.kind === 'user'
        ? await sessions.isLive(principal.tenantId, principal.sessionId, clock.now())
        : await serviceAccounts.isLive(principal.tenantId, principal.subject, principal.credentialId)
    } catch (cause) {
      throw AuthErrors.revocationsUnavailable({ retryAfter: 1 }, { cause })
    }
  }

  /** Reads which sessions have ended, unless that was done a moment ago. @throws `auth/revocations-unavailable` */
  refreshRevocations(): Promise<void> {
    if (this.#deps.liveCheck) return Promise.resolve()
    return this.#deps.revocations.refresh(this.#listRevokedSince)
  }
}
