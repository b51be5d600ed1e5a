import {
  type Clock,
  hostOrigin,
  type Origin,
  type Page,
  toPage,
  toPageRequest,
  type Transaction,
  type UserPrincipal,
} from '@corbel/core'
import type { EventRecorder } from '@corbel/core/ports'
import { AuthErrors } from '../auth-errors.ts'
import { AuthEvents } from '../auth-events.ts'
import type { Account, AccountRepository } from '../ports/account-repository.ts'
import type { AttemptRepository } from '../ports/attempt-repository.ts'
import type { SessionRepository } from '../ports/session-repository.ts'
import type { UserRepository } from '../ports/user-repository.ts'
import type { SessionService } from '../sessions/session-service.ts'
import type { AttemptBudget } from '../throttling/attempt-budget.ts'
import type { RevocationList } from '../tokens/revocation-list.ts'
import type { Impersonate, ImpersonationToken, ManagedUser, ManagedUserQuery } from './managed-user.ts'
import type { UserId } from './user.ts'

export interface ManagedUserServiceDeps {
  readonly accounts: AccountRepository
  readonly users: UserRepository
  readonly attemptBudget: Pick<AttemptBudget, 'keysOf'>
  readonly sessionService: Pick<SessionService, 'impersonate'>
  readonly clock: Clock
  readonly revocations: Pick<RevocationList, 'add'>
  readonly transaction: Transaction<{
    readonly accounts: AccountRepository
    readonly sessions: SessionRepository
    readonly attempts: AttemptRepository
    readonly events: EventRecorder
  }>
}

/** What operators of the platform do with the accounts of others. */
export class ManagedUserService {
  readonly #deps: ManagedUserServiceDeps

  constructor(deps: ManagedUserServiceDeps) {
    this.#deps = deps
  }

  /** Users of all tenants, newest first. */
  async list(query: ManagedUserQuery): Promise<Page<ManagedUser>> {
    const { q: text, createdFrom, createdTo, limit, cursor: _, ...filter } = query
    const rows = await this.#deps.accounts.list(
      {
        ...filter,
        text,
        createdFrom: createdFrom === undefined ? undefined : new Date(createdFrom),
        createdTo: createdTo === undefined ? undefined : new Date(createdTo),
      },
      toPageRequest(query),
    )
    const { data, nextCursor } = toPage(rows, limit, ({ user }) => user.id)
    return { data: data.map(shown), nextCursor }
  }

  /** Forgets the failures of an account, those of strangers and those in a row. @throws `auth/user-not-found` */
  async unlock(userId: UserId, reason: string, client: Origin = hostOrigin): Promise<void> {
    const { user } = await this.#get(userId)
    const keys = await this.#deps.attemptBudget.keysOf(user)
    await this.#deps.transaction(async ({ attempts, events }) => {
      await attempts.clear(userId, keys)
      await events.record(AuthEvents.userUnlocked(null, { userId, reason }, client))
    })
  }

  /** Lets nobody in any more, and ends every session, in one transaction. @throws `auth/user-not-found`, `auth/already-disabled` */
  async disable(userId: UserId, reason: string, client: Origin = hostOrigin): Promise<void> {
    const { clock, revocations, transaction } = this.#deps
    await this.#get(userId)
    const now = clock.now()
    const ended = await transaction(async ({ accounts, sessions, events }) => {
      if (!(await accounts.disable(userId, now, 'operator'))) throw AuthErrors.alreadyDisabled()
      await events.record(AuthEvents.userDisabled(null, { userId, by: 'operator', reason }, client))
      return sessions.revokeAll(userId, now, 'disabled', [])
    })
    for (const id of ended) revocations.add(id, now)
  }

  /** @throws `auth/user-not-found`, `auth/not-disabled` */
  async enable(userId: UserId, reason: string, client: Origin = hostOrigin): Promise<void> {
    await this.#get(userId)
    await this.#deps.transaction(async ({ accounts, events }) => {
      if (!(await accounts.enable(userId))) throw AuthErrors.notDisabled()
      await events.record(AuthEvents.userEnabled(null, { userId, reason }, client))
    })
  }

  /**
   * An access token with which an operator acts in the name of a user.
   *
   * @throws `auth/user-not-found`, `auth/impersonation-refused`, `auth/account-disabled`, `auth/not-a-member`
   */
  async impersonate(
    { userId: operatorId }: Pick<UserPrincipal, 'userId'>,
    userId: UserId,
    { reason, tenantId }: Impersonate,
    client: Origin = hostOrigin,
  ): Promise<ImpersonationToken> {
    const { users, sessionService } = this.#deps
    const candidate = await users.findForSignInById(userId)
    if (!candidate) throw AuthErrors.userNotFound()
    if (candidate.operator || userId === operatorId) throw AuthErrors.impersonationRefused()
    const membership = candidate.memberships.find(
      (joined) => tenantId === undefined || joined.tenantId === tenantId,
    )
    if (!membership) throw AuthErrors.notAMember()
    const { accessToken, expiresIn, scopes, sessionId } = await sessionService.impersonate({
      userId,
      tenantId: membership.tenantId,
      role: membership.role,
      scopes: membership.scopes,
      emailVerified: candidate.user.emailVerified,
      operator: false,
      operatorId,
      reason,
      client,
    })
    return {
      accessToken,
      tokenType: 'Bearer',
      expiresIn,
      sessionId,
      userId,
      tenantId: membership.tenantId,
      scopes: [...scopes],
    }
  }

  async #get(userId: UserId): Promise<Account> {
    const account = await this.#deps.accounts.find(userId)
    if (!account) throw AuthErrors.userNotFound()
    return account
  }
}

function shown({ user, operator, disabledAt, disabledBy, failedAttempts }: Account): ManagedUser {
  const closed = disabledBy === 'erasure' ? 'erased' : 'disabled'
  return {
    ...user,
    operator,
    status: disabledBy === null ? 'active' : closed,
    disabledAt: disabledAt?.toISOString() ?? null,
    disabledBy,
    failedAttempts,
  }
}
