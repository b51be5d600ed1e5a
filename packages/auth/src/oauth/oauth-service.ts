import { type Clock, type DomainError, hostOrigin, type Origin } from '@corbel/core'
import type { Meter } from '@corbel/core/ports'
import { isApiKey } from '../api-keys/api-key-form.ts'
import { AuthErrors } from '../auth-errors.ts'
import { AuthEvents } from '../auth-events.ts'
import { AuthMetrics } from '../auth-metrics.ts'
import { AuthPermissions } from '../auth-permissions.ts'
import type { ServiceAccountRecord, ServiceAccountRepository } from '../ports/service-account-repository.ts'
import type { SessionService } from '../sessions/session-service.ts'
import { type AccessTokenClaims, firstPartyClient } from '../tokens/access-token.ts'
import type { AccessTokenIssuer } from '../tokens/access-token-issuer.ts'
import type { AccessTokenService } from '../tokens/access-token-service.ts'
import type { RefreshTokens } from '../tokens/refresh-tokens.ts'
import type { RevocationList } from '../tokens/revocation-list.ts'
import type { ClientAuthenticator, PresentedClient } from './client-authenticator.ts'
import type { Introspection, PresentedToken, TokenAnswer, TokenRequest } from './oauth.ts'
import { OAuthErrors } from './oauth-errors.ts'
import type { OAuthMetadata } from './oauth-metadata.ts'

export interface OAuthServiceDeps {
  readonly serviceAccounts: Pick<ServiceAccountRepository, 'revokeAccessToken'>
  readonly clock: Clock
  readonly meter: Meter
  readonly issuer: AccessTokenIssuer
  readonly revocations: Pick<RevocationList, 'add'>
  readonly refreshTokens: RefreshTokens
  readonly tokenService: AccessTokenService
  readonly sessionService: SessionService
  readonly clients: ClientAuthenticator
  /** What access tokens are for. */
  readonly audience: readonly string[]
  readonly oauthMetadata: OAuthMetadata
}

/** The endpoints of an OAuth 2 authorization server. `authorization` is the header of that name. */
export class OAuthService {
  readonly #deps: OAuthServiceDeps

  constructor(deps: OAuthServiceDeps) {
    this.#deps = deps
  }

  /** What clients discover. */
  get metadata(): OAuthMetadata {
    return this.#deps.oauthMetadata
  }

  /**
   * RFC 6749 §4.4 and §6. One read for a secret, one statement more for an assertion; refreshing is one statement.
   *
   * @throws `oauth/invalid-request`, `oauth/invalid-client`, `oauth/invalid-grant`, `oauth/invalid-scope`, `oauth/invalid-target`,
   * `oauth/unsupported-grant-type`.
   */
  async token(
    body: TokenRequest,
    authorization: string | null,
    origin: Origin = hostOrigin,
  ): Promise<TokenAnswer> {
    const grant = body.grant_type
    if (grant === undefined) throw OAuthErrors.invalidRequest({ detail: 'grant_type is missing.' })
    if (grant !== 'client_credentials' && grant !== 'refresh_token') throw OAuthErrors.unsupportedGrantType()
    const tokens = this.#deps.meter.counter(AuthMetrics.clientToken)
    try {
      const answer =
        grant === 'refresh_token'
          ? await this.#refresh(body, authorization, origin)
          : await this.#clientCredentials(body, authorization)
      tokens.add({ grant, outcome: 'issued' })
      return answer
    } catch (error) {
      tokens.add({ grant, outcome: 'refused' })
      throw error
    }
  }

  /**
   * RFC 7662. Clients learn of tokens that were issued to them, and with `tokens:introspect` of those of their tenant.
   *
   * @throws `oauth/invalid-client`, `oauth/invalid-request`, `auth/revocations-unavailable`.
   */
  async introspect(body: PresentedToken, authorization: string | null): Promise<Introspection> {
    const { clients, tokenService } = this.#deps
    const client = await clients.authenticate(body, authorization)
    if (body.token === undefined) throw OAuthErrors.invalidRequest({ detail: 'token is missing.' })
    const claims = await tokenService.inspect(body.token)
    if (!claims || !mayLearnOf(client, claims)) return { active: false }
    const { iss, sub, aud, client_id, scope, iat, exp, jti, tid } = claims
    return { active: true, iss, sub, aud, client_id, scope, iat, exp, jti, tid, token_type: 'Bearer' }
  }

  /**
   * RFC 7009. A service account ends its own access tokens; the first-party client ends the session of a token.
   *
   * @throws `oauth/invalid-client`, `oauth/invalid-request`, `oauth/unauthorized-client`, `oauth/unsupported-token-type`.
   */
  async revoke(
    body: PresentedToken,
    authorization: string | null,
    origin: Origin = hostOrigin,
  ): Promise<void> {
    const { clients, refreshTokens, sessionService, tokenService } = this.#deps
    const client = isFirstParty(body, authorization) ? null : await clients.authenticate(body, authorization)
    const { token } = body
    if (token === undefined) throw OAuthErrors.invalidRequest({ detail: 'token is missing.' })
    if (isApiKey(token)) throw OAuthErrors.unsupportedTokenType()
    if (refreshTokens.isToken(token)) {
      if (client) throw OAuthErrors.unauthorizedClient()
      return sessionService.signOut(token, origin)
    }
    const claims = await tokenService.inspect(token)
    if (!claims) return
    if (claims.client_id !== (client?.id ?? firstPartyClient)) throw OAuthErrors.unauthorizedClient()
    await this.#end(claims, origin)
  }

  async #clientCredentials(body: TokenRequest, authorization: string | null): Promise<TokenAnswer> {
    const { clients, issuer, audience } = this.#deps
    const client = await clients.authenticate(body, authorization)
    const asked = body.scope?.split(' ').filter((scope) => scope !== '') ?? client.scopes
    const scopes = [...new Set(asked)]
    if (scopes.some((scope) => !client.scopes.includes(scope))) throw OAuthErrors.invalidScope()
    if (body.resource !== undefined && !audience.includes(body.resource)) throw OAuthErrors.invalidTarget()
    const { accessToken, expiresIn } = await issuer.issueToService(client, scopes)
    return {
      access_token: accessToken,
      token_type: 'Bearer',
      expires_in: expiresIn,
      scope: scopes.join(' '),
    }
  }

  async #refresh(body: TokenRequest, authorization: string | null, origin: Origin): Promise<TokenAnswer> {
    if (body.refresh_token === undefined)
      throw OAuthErrors.invalidRequest({ detail: 'refresh_token is missing.' })
    // Refresh tokens are issued to the first-party client alone.
    if (!isFirstParty(body, authorization)) throw OAuthErrors.invalidGrant()
    try {
      const tokens = await this.#deps.sessionService.refresh(body.refresh_token, origin)
      return {
        access_token: tokens.accessToken,
        token_type: 'Bearer',
        expires_in: tokens.expiresIn,
        scope: tokens.scopes.join(' '),
        refresh_token: tokens.refreshToken,
      }
    } catch (cause) {
      if ((cause as Partial<DomainError>).code !== AuthErrors.invalidRefreshToken.code) throw cause
      throw OAuthErrors.invalidGrant({}, { cause })
    }
  }

  async #end(claims: AccessTokenClaims, origin: Origin): Promise<void> {
    const { serviceAccounts, sessionService, revocations, clock } = this.#deps
    if ('sid' in claims) {
      return sessionService.revoke(
        { tenantId: claims.tid, userId: claims.sub, sessionId: claims.sid },
        claims.sid,
        origin,
      )
    }
    const now = clock.now()
    const what = { tokenId: claims.jti, serviceAccountId: claims.sub }
    await serviceAccounts.revokeAccessToken(claims.tid, claims.jti, now, [
      AuthEvents.accessTokenRevoked(claims.tid, what, { ...origin, actorId: claims.sub }),
    ])
    revocations.add(claims.jti, now)
  }
}

const isFirstParty = (
  { client_id, client_secret, client_assertion }: PresentedClient,
  authorization: string | null,
): boolean =>
  authorization === null &&
  client_secret === undefined &&
  client_assertion === undefined &&
  client_id === firstPartyClient

const mayLearnOf = ({ id, tenantId, scopes }: ServiceAccountRecord, claims: AccessTokenClaims): boolean =>
  claims.tid === tenantId && (claims.client_id === id || scopes.includes(AuthPermissions.introspect.scope))
