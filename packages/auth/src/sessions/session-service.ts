import {
  addMilliseconds,
  before,
  type Clock,
  epochSeconds,
  hostOrigin,
  type Id,
  maskedClientOf,
  milliseconds,
  newId,
  type Origin,
  type Page,
  type PageQuery,
  type UserPrincipal,
  toPage,
  toPageRequest,
} from '@corbel/core'
import type { GeoIp, Meter } from '@corbel/core/ports'
import type { Refusals } from '../audit/refusals.ts'
import { AuthErrors } from '../auth-errors.ts'
import { AuthEvents } from '../auth-events.ts'
import { AuthMetrics } from '../auth-metrics.ts'
import type { RotatedSession, SessionRecord, SessionRepository } from '../ports/session-repository.ts'
import type { Proof, SignInClient } from '../sign-in/sign-in.ts'
import type { AccessTokenIssuer, IssuedAccessToken } from '../tokens/access-token-issuer.ts'
import type { RefreshTokens } from '../tokens/refresh-tokens.ts'
import type { RevocationList } from '../tokens/revocation-list.ts'
import type { UserId } from '../users/user.ts'
import { deviceOf } from './device.ts'
import type { Session, SessionId, Tokens } from './session.ts'

/** A retry of a refresh within this time gets the same successor, so that two tabs never sign each other out. */
const grace = '10s'

/** Ended sessions are kept this long, so that a late reuse of one of their tokens is still told apart from a made-up one. */
const evidence = '30d'

/** Long enough to look at something, too short to be forgotten about. */
const impersonationLifetime = '15m'

export interface SessionServiceDeps {
  readonly sessions: SessionRepository
  readonly clock: Clock
  readonly meter: Meter
  readonly geoIp: GeoIp
  readonly refreshTokens: RefreshTokens
  readonly issuer: AccessTokenIssuer
  readonly revocations: Pick<RevocationList, 'add'>
  readonly refusals: Refusals
  /** Milliseconds after which an unused refresh token ends. */
  readonly refreshLifetime: number
  /** Milliseconds after which a session ends. */
  readonly sessionLifetime: number
}

type Owner = Pick<UserPrincipal, 'userId' | 'tenantId' | 'sessionId'>

/** Whose session is to be opened, with what rights, and how they were proved. */
export interface NewSession
  extends Omit<RotatedSession, 'session'>, Pick<SessionRecord, 'userId' | 'tenantId'> {
  readonly proof: Proof
  readonly client: SignInClient
  /** Of the attempt that succeeded. */
  readonly spentKeys?: readonly string[]
}

export interface Impersonation
  extends Omit<RotatedSession, 'session'>, Pick<SessionRecord, 'userId' | 'tenantId'> {
  readonly operatorId: UserId
  readonly reason: string
  readonly client: SignInClient
}

export class SessionService {
  readonly #deps: SessionServiceDeps

  constructor(deps: SessionServiceDeps) {
    this.#deps = deps
  }

  /**
   * Opens a session for a user who has proved what the tenant and their factors ask for; only the completion of a sign-in may say
   * so. One statement.
   *
   * @throws `auth/account-disabled`; nothing was stored.
   * @param store - Stores it, together with what else must happen then or not at all.
   */
  async open(
    { proof, client, spentKeys, ...rights }: NewSession,
    store: SessionRepository['open'] = (...session) => this.#deps.sessions.open(...session),
  ): Promise<Tokens> {
    const { refreshTokens } = this.#deps
    const { userId, tenantId } = rights
    const session: SessionRecord = {
      ...this.#draft(),
      ...maskedClientOf(client),
      userId,
      tenantId,
      aal: proof.aal,
      amr: proof.amr,
      place: await this.#placeOf(client),
      impersonatorId: null,
      ...(proof.authenticatedAt && { authenticatedAt: proof.authenticatedAt }),
    }
    const refreshToken = refreshTokens.first()
    const expiresAt = this.#refreshExpiry(session.createdAt, session.expiresAt)
    const digest = await refreshTokens.digestOf(refreshToken)
    const origin = { ...client, actorId: userId }
    const opened = AuthEvents.sessionOpened(tenantId, { userId, sessionId: session.id }, origin)
    const tokens = await this.#tokens({ ...rights, session }, refreshToken, expiresAt)
    if (!(await store(session, { digest, expiresAt }, [opened], spentKeys)))
      throw AuthErrors.accountDisabled()
    return tokens
  }

  /**
   * New tokens for a session whose user has just authenticated again: its refresh tokens count as replaced, and the level of the
   * session never falls. One statement.
   *
   * @param store - Stores it, together with what else must happen then or not at all.
   * @throws `auth/session-ended`
   */
  async elevate(
    owner: Owner & Pick<UserPrincipal, 'amr'>,
    proof: Proof,
    client: Origin = hostOrigin,
    store: SessionRepository['elevate'] = (...session) => this.#deps.sessions.elevate(...session),
  ): Promise<Tokens> {
    const { refreshTokens, clock, refreshLifetime } = this.#deps
    const { userId, tenantId, sessionId: id } = owner
    const refreshToken = refreshTokens.first()
    const digest = await refreshTokens.digestOf(refreshToken)
    const now = clock.now()
    const elevated = await store(
      {
        session: { id, userId, tenantId },
        aal: proof.aal,
        amr: [...new Set([...owner.amr, ...proof.amr])],
        now,
        token: { digest, expiresAt: addMilliseconds(now, refreshLifetime) },
      },
      [AuthEvents.sessionElevated(tenantId, { userId, sessionId: id }, client)],
    )
    if (!elevated) throw AuthErrors.sessionEnded()
    return this.#tokens(elevated, refreshToken, elevated.expiresAt)
  }

  /**
   * Replaces a refresh token, in one statement. A token that had been replaced more than 10 s ago ends its session, access tokens
   * included.
   *
   * @throws `auth/invalid-refresh-token`, the same whatever is wrong with it.
   */
  async refresh(refreshToken: string, client: Origin = hostOrigin): Promise<Tokens> {
    const { sessions, clock, meter, refreshTokens, revocations, refreshLifetime } = this.#deps
    const refreshes = meter.counter(AuthMetrics.refresh)
    if (!refreshTokens.isToken(refreshToken)) {
      refreshes.add({ outcome: 'refused' })
      throw await this.#refusedRefresh(client)
    }
    const now = clock.now()
    const successor = await refreshTokens.successorOf(refreshToken)
    const rotation = await sessions.rotate({
      presented: await refreshTokens.digestOf(refreshToken),
      successor: await refreshTokens.digestOf(successor),
      now,
      graceSince: before(now, grace),
      expiresAt: addMilliseconds(now, refreshLifetime),
      reuseEvent: ({ id, tenantId, userId }) =>
        AuthEvents.refreshReused(tenantId, { userId, sessionId: id }, client),
    })
    if (rotation.outcome !== 'rotated') {
      refreshes.add({ outcome: rotation.outcome })
      if (rotation.outcome === 'refused') throw await this.#refusedRefresh(client)
      revocations.add(rotation.sessionId, now)
      throw AuthErrors.invalidRefreshToken()
    }
    refreshes.add({ outcome: rotation.rotatedNow ? 'rotated' : 'repeated' })
    return this.#tokens(rotation, successor, rotation.expiresAt)
  }

  async #refusedRefresh(client: Origin): Promise<Error> {
    await this.#deps.refusals.record(AuthEvents.refreshRefused(null, {}, client))
    return AuthErrors.invalidRefreshToken()
  }

  /** Ends the session of a refresh token, if there is one. */
  async signOut(refreshToken: string, client: Origin = hostOrigin): Promise<void> {
    const { sessions, clock, refreshTokens, revocations } = this.#deps
    if (!refreshTokens.isToken(refreshToken)) return
    const now = clock.now()
    const digest = await refreshTokens.digestOf(refreshToken)
    const ended = await sessions.revokeByToken(digest, now, 'sign-out', ({ id, tenantId, userId }) =>
      AuthEvents.sessionRevoked(tenantId, { userId, sessionId: id }, { ...client, actorId: userId }),
    )
    if (ended) revocations.add(ended, now)
  }

  /** Ends every session of a user, in all tenants. */
  async signOutAll(userId: UserId, client: Origin = hostOrigin): Promise<{ revoked: number }> {
    const { sessions, clock, revocations } = this.#deps
    const now = clock.now()
    const ended = await sessions.revokeAll(userId, now, 'sign-out-all', [
      AuthEvents.sessionsRevoked(null, { userId }, client),
    ])
    for (const id of ended) revocations.add(id, now)
    return { revoked: ended.length }
  }

  /** Ends every session of a user but the one that asks, in all tenants. */
  async signOutOthers(
    { userId, sessionId }: Owner,
    client: Origin = hostOrigin,
  ): Promise<{ revoked: number }> {
    const { sessions, clock, revocations } = this.#deps
    const now = clock.now()
    const event = AuthEvents.sessionsRevoked(null, { userId }, client)
    const ended = await sessions.revokeAll(userId, now, 'sign-out-others', [event], sessionId)
    for (const id of ended) revocations.add(id, now)
    return { revoked: ended.length }
  }

  /**
   * Opens a session in which an operator acts in the name of a user, for 15 minutes at most, and issues its access token; it cannot
   * be refreshed or elevated. One statement.
   *
   * @throws `auth/account-disabled`; nothing was stored.
   */
  async impersonate({
    client,
    operatorId,
    reason,
    ...rights
  }: Impersonation): Promise<IssuedAccessToken & { readonly sessionId: SessionId }> {
    const { sessions, issuer } = this.#deps
    const { userId, tenantId } = rights
    const draft = this.#draft()
    const session: SessionRecord = {
      ...draft,
      ...maskedClientOf(client),
      userId,
      tenantId,
      aal: 1,
      amr: [],
      place: null,
      impersonatorId: operatorId,
      expiresAt: addMilliseconds(draft.createdAt, milliseconds(impersonationLifetime)),
    }
    const what = { userId, operatorId, sessionId: session.id, reason }
    const origin = { ...client, actorId: operatorId }
    const issued = await issuer.issue({ ...rights, session })
    if (!(await sessions.open(session, null, [AuthEvents.userImpersonated(tenantId, what, origin)])))
      throw AuthErrors.accountDisabled()
    return { ...issued, sessionId: session.id }
  }

  /** Live sessions of a user in their tenant, newest first. */
  async list({ tenantId, userId, sessionId }: Owner, query: PageQuery): Promise<Page<Session>> {
    const { sessions, clock } = this.#deps
    const rows = await sessions.listLive(tenantId, userId, clock.now(), toPageRequest(query))
    const { data, nextCursor } = toPage(rows, query.limit, ({ id }) => id)
    return { data: data.map((row) => shown(row, sessionId)), nextCursor }
  }

  /** @throws `auth/session-not-found` */
  async revoke({ tenantId, userId }: Owner, id: SessionId, client: Origin = hostOrigin): Promise<void> {
    const { sessions, clock, revocations } = this.#deps
    const now = clock.now()
    const event = AuthEvents.sessionRevoked(tenantId, { userId, sessionId: id }, client)
    if (!(await sessions.revoke(tenantId, userId, id, now, 'sign-out', [event])))
      throw AuthErrors.sessionNotFound()
    revocations.add(id, now)
  }

  /**
   * Ends every session of these users in one tenant: access tokens with a role that is no longer theirs are refused. Doing it again
   * ends those that were opened in the meantime.
   */
  async endMemberships(tenantId: Id<'ten'> | null, ...userIds: readonly UserId[]): Promise<void> {
    if (tenantId !== null) for (const userId of userIds) await this.#endMembership(tenantId, userId)
  }

  async #endMembership(tenantId: Id<'ten'>, userId: UserId): Promise<void> {
    const { sessions, clock, revocations } = this.#deps
    const now = clock.now()
    for (let after: string | null = null; ;) {
      const live = await sessions.listLive(tenantId, userId, now, { limit: 100, after })
      for (const { id } of live) {
        const event = AuthEvents.memberSessionRevoked(tenantId, { userId, sessionId: id })
        if (await sessions.revoke(tenantId, userId, id, now, 'sign-out-all', [event]))
          revocations.add(id, now)
      }
      after = live.at(-1)?.id ?? null
      if (live.length <= 100) return
    }
  }

  /** Forgets sessions that ended more than 30 days ago; returns how many. */
  purge(): Promise<number> {
    return this.#deps.sessions.purge(before(this.#deps.clock.now(), evidence))
  }

  /** Where the caller is, for people to read. */
  async #placeOf({ ip }: SignInClient): Promise<string | null> {
    const found = ip === null ? null : await this.#deps.geoIp.lookup(ip)
    const names = [found?.city, found?.country].filter((name) => name !== undefined && name !== null)
    return names.join(', ') || null
  }

  #draft() {
    const { clock, sessionLifetime } = this.#deps
    const now = clock.now()
    return {
      id: newId('ses', clock),
      createdAt: now,
      lastSeenAt: now,
      authenticatedAt: now,
      expiresAt: addMilliseconds(now, sessionLifetime),
    } as const
  }

  #refreshExpiry(now: Date, sessionEnd: Date): Date {
    const unused = addMilliseconds(now, this.#deps.refreshLifetime)
    return unused < sessionEnd ? unused : sessionEnd
  }

  async #tokens(rotated: RotatedSession, refreshToken: string, refreshExpiresAt: Date): Promise<Tokens> {
    const { issuer, clock } = this.#deps
    const { accessToken, expiresIn, scopes } = await issuer.issue(rotated)
    return {
      accessToken,
      refreshToken,
      tokenType: 'Bearer',
      expiresIn,
      refreshExpiresIn: epochSeconds(refreshExpiresAt) - epochSeconds(clock.now()),
      sessionId: rotated.session.id,
      tenantId: rotated.session.tenantId,
      scopes: [...scopes],
    }
  }
}

const shown = (row: SessionRecord, current: SessionId): Session => ({
  id: row.id,
  createdAt: row.createdAt.toISOString(),
  lastSeenAt: row.lastSeenAt.toISOString(),
  expiresAt: row.expiresAt.toISOString(),
  userAgent: row.userAgent,
  device: deviceOf(row.userAgent),
  place: row.place,
  impersonated: row.impersonatorId !== null,
  ipPrefix: row.ipPrefix,
  current: row.id === current,
})
