import {
  addMilliseconds,
  before,
  type Clock,
  epochSeconds,
  newId,
  type Page,
  type PageQuery,
  type Principal,
  toPage,
  toPageRequest,
} from '@corbel/core'
import type { Meter } from '@corbel/core/ports'
import { AuthErrors } from '../auth-errors.ts'
import { AuthEvents } from '../auth-events.ts'
import { AuthMetrics } from '../auth-metrics.ts'
import type { RotatedSession, SessionRecord, SessionRepository } from '../ports/session-repository.ts'
import type { SignInCandidate, UserRepository } from '../ports/user-repository.ts'
import type { AccessTokenIssuer } from '../tokens/access-token-issuer.ts'
import type { RefreshTokens } from '../tokens/refresh-tokens.ts'
import type { RevocationList } from '../tokens/revocation-list.ts'
import type { Passwords } from '../users/passwords.ts'
import type { UserId } from '../users/user.ts'
import type { Session, SessionId, SignIn, Tokens } from './session.ts'
import { sessionClientOf } from './session-client.ts'

/** A retry of a refresh within this time gets the same successor, so that two tabs never sign each other out. */
const grace = '10s'

/** Ended sessions are kept this long, so that a late reuse of one of their tokens is still told apart from a made-up one. */
const evidence = '30d'

export interface SessionServiceDeps {
  readonly users: UserRepository
  readonly sessions: SessionRepository
  readonly clock: Clock
  readonly meter: Meter
  readonly passwords: Passwords
  readonly refreshTokens: RefreshTokens
  readonly issuer: AccessTokenIssuer
  readonly revocations: RevocationList
  /** Milliseconds after which an unused refresh token ends. */
  readonly refreshLifetime: number
  /** Milliseconds after which a session ends. */
  readonly sessionLifetime: number
}

type Owner = Pick<Principal, 'userId' | 'tenantId' | 'sessionId'>

export class SessionService {
  readonly #deps: SessionServiceDeps

  constructor(deps: SessionServiceDeps) {
    this.#deps = deps
  }

  /**
   * Opens a session in the given tenant, or in the one joined first. At most three statements. An unknown e-mail costs the same
   * slow hash as a wrong password.
   *
   * @throws `auth/invalid-credentials`; `auth/not-a-member` only after the password was right.
   */
  async signIn(
    input: SignIn,
    client: { readonly ip: string | null; readonly userAgent: string | null },
  ): Promise<Tokens> {
    const { users, sessions, passwords, refreshTokens } = this.#deps
    const candidate = await users.findForSignIn(input.email)
    const isRight = await passwords.verify(input.password, candidate?.credential ?? null)
    if (!candidate || !isRight) throw this.#counted('invalid_credentials', AuthErrors.invalidCredentials())
    const membership = candidate.memberships.find(
      ({ tenantId }) => input.tenantId === undefined || tenantId === input.tenantId,
    )
    if (!membership) throw this.#counted('not_a_member', AuthErrors.notAMember())
    await this.#renew(candidate, input.password)
    const { id: userId, emailVerified } = candidate.user
    const session: SessionRecord = {
      ...this.#draft(),
      ...sessionClientOf(client),
      userId,
      tenantId: membership.tenantId,
    }
    const refreshToken = refreshTokens.first()
    const expiresAt = this.#refreshExpiry(session.createdAt, session.expiresAt)
    const digest = await refreshTokens.digestOf(refreshToken)
    const opened = AuthEvents.sessionOpened(session.tenantId, { userId, sessionId: session.id })
    await sessions.open(session, { digest, expiresAt }, [opened])
    this.#count('success')
    return this.#tokens(
      { session, role: membership.role, emailVerified, operator: candidate.operator },
      refreshToken,
      expiresAt,
    )
  }

  /**
   * Replaces a refresh token, in one statement. A token that had been replaced more than 10 s ago ends its session, access tokens
   * included.
   *
   * @throws `auth/invalid-refresh-token`, the same whatever is wrong with it.
   */
  async refresh(refreshToken: string): Promise<Tokens> {
    const { sessions, clock, meter, refreshTokens, revocations, refreshLifetime } = this.#deps
    const refreshes = meter.counter(AuthMetrics.refresh)
    if (!refreshTokens.isToken(refreshToken)) {
      refreshes.add({ outcome: 'refused' })
      throw AuthErrors.invalidRefreshToken()
    }
    const now = clock.now()
    const successor = await refreshTokens.successorOf(refreshToken)
    const rotation = await sessions.rotate({
      presented: await refreshTokens.digestOf(refreshToken),
      successor: await refreshTokens.digestOf(successor),
      now,
      graceSince: before(now, grace),
      expiresAt: addMilliseconds(now, refreshLifetime),
      reuseEvent: ({ id, tenantId, userId }) => AuthEvents.refreshReused(tenantId, { userId, sessionId: id }),
    })
    if (rotation.outcome !== 'rotated') {
      refreshes.add({ outcome: rotation.outcome })
      if (rotation.outcome === 'reused') revocations.add(rotation.sessionId, now)
      throw AuthErrors.invalidRefreshToken()
    }
    refreshes.add({ outcome: rotation.rotatedNow ? 'rotated' : 'repeated' })
    return this.#tokens(rotation, successor, rotation.expiresAt)
  }

  /** Ends the session of a refresh token, if there is one. */
  async signOut(refreshToken: string): Promise<void> {
    const { sessions, clock, refreshTokens, revocations } = this.#deps
    if (!refreshTokens.isToken(refreshToken)) return
    const now = clock.now()
    const digest = await refreshTokens.digestOf(refreshToken)
    const ended = await sessions.revokeByToken(digest, now, 'sign-out', ({ id, tenantId, userId }) =>
      AuthEvents.sessionRevoked(tenantId, { userId, sessionId: id }),
    )
    if (ended) revocations.add(ended, now)
  }

  /** Ends every session of a user, in all tenants. */
  async signOutAll(userId: UserId): Promise<{ revoked: number }> {
    const { sessions, clock, revocations } = this.#deps
    const now = clock.now()
    const ended = await sessions.revokeAll(userId, now, 'sign-out-all', [
      AuthEvents.sessionsRevoked(null, { userId }),
    ])
    for (const id of ended) revocations.add(id, now)
    return { revoked: ended.length }
  }

  /** Live sessions of a user in their tenant, newest first. */
  async list({ tenantId, userId, sessionId }: Owner, query: PageQuery): Promise<Page<Session>> {
    const { sessions, clock } = this.#deps
    const rows = await sessions.listLive(tenantId, userId, clock.now(), toPageRequest(query))
    const { data, nextCursor } = toPage(rows, query.limit, ({ id }) => id)
    return { data: data.map((row) => shown(row, sessionId)), nextCursor }
  }

  /** @throws `auth/session-not-found` */
  async revoke({ tenantId, userId }: Owner, id: SessionId): Promise<void> {
    const { sessions, clock, revocations } = this.#deps
    const now = clock.now()
    const event = AuthEvents.sessionRevoked(tenantId, { userId, sessionId: id })
    if (!(await sessions.revoke(tenantId, userId, id, now, 'sign-out', [event])))
      throw AuthErrors.sessionNotFound()
    revocations.add(id, now)
  }

  /** Does what the first sign-in would otherwise have to wait for. */
  async prepare(): Promise<void> {
    await this.#deps.passwords.prepare()
  }

  /** Forgets sessions that ended more than 30 days ago; returns how many. */
  purge(): Promise<number> {
    return this.#deps.sessions.purge(before(this.#deps.clock.now(), evidence))
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
      aal: 1,
      amr: ['pwd'],
    } as const
  }

  /** Brings a hash up to the present pepper and parameters while the password is at hand. */
  async #renew({ user, credential }: SignInCandidate, password: string): Promise<void> {
    const { users, passwords } = this.#deps
    if (!passwords.isStale(credential)) return
    await users.replaceCredential(user.id, await passwords.hash(password), credential)
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

  #counted(outcome: string, error: Error): Error {
    this.#count(outcome)
    return error
  }

  #count(outcome: string): void {
    this.#deps.meter.counter(AuthMetrics.signIn).add({ outcome })
  }
}

const shown = (row: SessionRecord, current: SessionId): Session => ({
  id: row.id,
  createdAt: row.createdAt.toISOString(),
  lastSeenAt: row.lastSeenAt.toISOString(),
  expiresAt: row.expiresAt.toISOString(),
  userAgent: row.userAgent,
  ipPrefix: row.ipPrefix,
  current: row.id === current,
})
