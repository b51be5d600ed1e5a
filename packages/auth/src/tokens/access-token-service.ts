import type { Principal } from '@corbel/core'
import { AuthErrors } from '../auth-errors.ts'
import type { SessionRepository } from '../ports/session-repository.ts'
import type { AccessTokenVerifier } from './access-token-verifier.ts'
import type { ListRevokedSince, RevocationList } from './revocation-list.ts'

export interface AccessTokenServiceDeps {
  readonly sessions: Pick<SessionRepository, 'listRevokedSince'>
  readonly accessTokens: AccessTokenVerifier
  readonly revocations: RevocationList
}

export class AccessTokenService {
  readonly #deps: AccessTokenServiceDeps
  readonly #listRevokedSince: ListRevokedSince

  constructor(deps: AccessTokenServiceDeps) {
    this.#deps = deps
    this.#listRevokedSince = (since) => deps.sessions.listRevokedSince(since)
  }

  /**
   * Who presents this access token. A session that ended in this instance is refused at once, one that ended in another instance
   * after three times `AUTH_REVOCATION_POLL_SECONDS` at the latest. Needs no statement of its own.
   *
   * @throws `auth/invalid-access-token`, `auth/session-ended`, `auth/revocations-unavailable`.
   */
  async authenticate(token: string): Promise<Principal> {
    const { accessTokens, revocations } = this.#deps
    const principal = await accessTokens.verify(token)
    if (!revocations.isFresh) await this.refreshRevocations()
    if (revocations.has(principal.sessionId)) {
      throw AuthErrors.sessionEnded({ headers: { 'www-authenticate': 'Bearer error="invalid_token"' } })
    }
    return principal
  }

  /** Reads which sessions have ended, unless that was done a moment ago. @throws `auth/revocations-unavailable` */
  refreshRevocations(): Promise<void> {
    return this.#deps.revocations.refresh(this.#listRevokedSince)
  }
}
