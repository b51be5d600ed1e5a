import {
  type Clock,
  hostOrigin,
  newId,
  type Origin,
  type Transaction,
  type UserPrincipal,
} from '@corbel/core'
import type { EventRecorder } from '@corbel/core/ports'
import type { Membership, NewMember } from '@corbel/core/tenant'
import { AuthErrors } from '../auth-errors.ts'
import { AuthEvents } from '../auth-events.ts'
import type { PasswordPolicy } from '../passwords/password-policy.ts'
import type { ConsentService } from '../consents/consent-service.ts'
import type { ConsentRepository } from '../ports/consent-repository.ts'
import type { TeamDirectory } from '../ports/tenant-directory.ts'
import type { UserRepository } from '../ports/user-repository.ts'
import type { Passwords } from '../users/passwords.ts'
import type { Joined, JoinAsNewUser } from './joining.ts'

export interface JoiningServiceDeps {
  readonly users: UserRepository
  readonly team: TeamDirectory
  readonly clock: Clock
  readonly passwords: Passwords
  readonly passwordPolicy: PasswordPolicy
  readonly consentService: Pick<ConsentService, 'draftAll'>
  readonly transaction: Transaction<{
    readonly users: UserRepository
    readonly consents: ConsentRepository
    readonly team: TeamDirectory
    readonly events: EventRecorder
  }>
}

/** How users become members of tenants that exist. */
export class JoiningService {
  readonly #deps: JoiningServiceDeps

  constructor(deps: JoiningServiceDeps) {
    this.#deps = deps
  }

  /** @throws `auth/user-not-found`, `tenant/role-not-yours`, `tenant/already-member`. */
  async addMember(
    actor: Pick<UserPrincipal, 'tenantId' | 'userId'>,
    member: NewMember,
    origin: Origin = hostOrigin,
  ): Promise<Membership> {
    const { users, team } = this.#deps
    if (!(await users.find(member.userId))) throw AuthErrors.userNotFound()
    return team.memberships.add(actor, member, origin)
  }

  /**
   * Creates the account, its consents and the membership in the transaction that uses up the token. Of concurrent callers with one token, one
   * succeeds. Whoever has the token reads the mail of the address, and so may learn that it has an account.
   *
   * @throws `tenant/invalid-invitation`, `auth/email-taken`, `auth/weak-password`.
   */
  async acceptAsNewUser(
    { token, password, displayName }: Omit<JoinAsNewUser, 'acceptTerms'>,
    origin: Origin = hostOrigin,
  ): Promise<Joined> {
    const { team, clock, passwords, passwordPolicy, consentService, transaction } = this.#deps
    const { email } = await team.invitations.find(token)
    await passwordPolicy.check(password, { names: [email, displayName], needsSecondFactor: false })
    const credential = await passwords.hash(password)
    const now = clock.now()
    const createdAt = now.toISOString()
    const user = { id: newId('usr', clock), email, displayName, emailVerified: true, createdAt }
    const by = { ...origin, actorId: user.id }
    return transaction(async (scope) => {
      // The token first: of two who race with one, the loser is told so and not that the address is taken.
      const membership = await scope.team.invitations.redeem({ token, userId: user.id, email }, by)
      await scope.users.insert({ user, operator: false, credential, termsAcceptedAt: now })
      for (const consent of consentService.draftAll(user.id, origin)) await scope.consents.record(consent)
      await scope.events.record(AuthEvents.userJoined(membership.tenantId, { userId: user.id }, by))
      return { user, membership }
    })
  }

  /** @throws `tenant/invalid-invitation`, also when it is for another address; `tenant/already-member`. */
  async accept(
    { userId }: Pick<UserPrincipal, 'userId'>,
    token: string,
    origin: Origin = hostOrigin,
  ): Promise<Membership> {
    const { users, team } = this.#deps
    const user = await users.find(userId)
    if (!user) throw AuthErrors.sessionEnded()
    return team.invitations.redeem({ token, userId, email: user.email }, origin)
  }
}
