import {
  type Clock,
  hostOrigin,
  type Origin,
  type PersonalData,
  type Transaction,
  type UserPrincipal,
} from '@corbel/core'
import type { AuditLog, EventRecorder } from '@corbel/core/ports'
import type { Role } from '@corbel/core/tenant/ports'
import { AuthErrors } from '../auth-errors.ts'
import { AuthEvents } from '../auth-events.ts'
import type { Account, AccountRepository } from '../ports/account-repository.ts'
import type { ConsentRepository } from '../ports/consent-repository.ts'
import type { IdentityRepository } from '../ports/identity-repository.ts'
import type { NotificationPreferenceRepository } from '../ports/notification-preference-repository.ts'
import type { SessionRepository } from '../ports/session-repository.ts'
import type { TenantDirectory } from '../ports/tenant-directory.ts'
import type { SessionId } from '../sessions/session.ts'
import type { RevocationList } from '../tokens/revocation-list.ts'
import type { ExportedData, OwnAccount } from './account.ts'
import type { ProfileChange } from './profile.ts'
import type { UserId } from './user.ts'

interface Bound {
  readonly accounts: AccountRepository
  readonly sessions: SessionRepository
  readonly tenants: TenantDirectory
  readonly auditLog: AuditLog
  readonly personalData: PersonalData
  readonly events: EventRecorder
}

export interface AccountServiceDeps {
  readonly accounts: AccountRepository
  readonly notificationPreferences: NotificationPreferenceRepository
  readonly consents: ConsentRepository
  readonly identities: Pick<IdentityRepository, 'list'>
  readonly personalData: PersonalData
  readonly clock: Clock
  readonly revocations: Pick<RevocationList, 'add'>
  readonly transaction: Transaction<Bound>
}

type Owner = Pick<UserPrincipal, 'userId' | 'tenantId' | 'role' | 'impersonatorId'>

/** What users do with their own accounts. */
export class AccountService {
  readonly #deps: AccountServiceDeps

  constructor(deps: AccountServiceDeps) {
    this.#deps = deps
  }

  /** One statement. @throws `auth/session-ended` when there is no such user any more. */
  async get(owner: Owner): Promise<OwnAccount> {
    return shown(owner, await this.#deps.accounts.find(owner.userId))
  }

  /** @throws `auth/session-ended` when there is no such user any more. */
  updateProfile(owner: Owner, change: ProfileChange, client: Origin = hostOrigin): Promise<OwnAccount> {
    const { userId, tenantId } = owner
    const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
    return this.#deps.transaction(async ({ accounts, events }) => {
      const account = shown(owner, await accounts.updateProfile(userId, given))
      await events.record(
        AuthEvents.profileChanged(tenantId, { userId, fields: Object.keys(given).toSorted() }, client),
      )
      return account
    })
  }

  /**
   * Lets nobody into the account any more, and ends its sessions, in one transaction.
   *
   * @throws `tenant/last-owner`, `auth/session-ended`
   */
  async disable({ userId, tenantId }: Owner, client: Origin = hostOrigin): Promise<void> {
    const { clock, transaction } = this.#deps
    const now = clock.now()
    const ended = await transaction(async ({ accounts, sessions, tenants, events }) => {
      await tenants.requireOtherOwner(userId)
      if (!(await accounts.disable(userId, now, 'user'))) throw AuthErrors.sessionEnded()
      const disabled = { userId, by: 'user', reason: null } as const
      await events.record(AuthEvents.userDisabled(tenantId, disabled, client))
      return sessions.revokeAll(userId, now, 'disabled', [])
    })
    this.#forget(ended, now)
  }

  /**
   * Has every module forget the user, in one transaction.
   *
   * @throws `tenant/last-owner`, or whatever else a module wants to be done first; `auth/session-ended`
   */
  async erase({ userId }: Pick<Owner, 'userId'>, client: Origin = hostOrigin): Promise<void> {
    // Not where from: the rows that are written about it are part of what is forgotten.
    const { requestId } = client
    const origin = {
      ip: null,
      userAgent: null,
      actorId: userId,
      ...(requestId !== undefined && { requestId }),
    }
    await this.#deps.transaction(({ personalData }) => personalData.erase(userId, origin))
  }

  /** What auth forgets; to be called in the transaction of {@link erase}. @throws `auth/session-ended` */
  async forget(userId: UserId, origin: Origin): Promise<void> {
    const { clock, transaction } = this.#deps
    const now = clock.now()
    const ended = await transaction(async ({ accounts, sessions, auditLog, events }) => {
      const revoked = await sessions.revokeAll(userId, now, 'erased', [])
      if (!(await accounts.erase(userId, now))) throw AuthErrors.sessionEnded()
      await auditLog.erase(userId)
      await events.record(AuthEvents.userErased(null, { userId }, origin))
      return revoked
    })
    this.#forget(ended, now)
  }

  /** Everything that the modules keep about the user, without secrets. */
  async export({ userId, tenantId }: Owner, client: Origin = hostOrigin): Promise<ExportedData> {
    const { clock, personalData, transaction } = this.#deps
    const data = await personalData.export(userId)
    await transaction(({ events }) =>
      events.record(AuthEvents.personalDataExported(tenantId, { userId }, client)),
    )
    return { exportedAt: clock.now().toISOString(), userId, data: { ...data } }
  }

  /** What auth keeps about a user. */
  async personalDataOf(userId: UserId): Promise<unknown> {
    const { accounts, notificationPreferences, consents, identities } = this.#deps
    const account = await accounts.find(userId)
    if (!account) return null
    const { displayName: _, ...user } = account.user
    return {
      user,
      profile: account.profile,
      notificationPreferences: await notificationPreferences.list(userId),
      consents: await consents.list(userId),
      identities: await identities.list(userId),
    }
  }

  #forget(ended: readonly SessionId[], at: Date): void {
    for (const id of ended) this.#deps.revocations.add(id, at)
  }
}

function shown({ tenantId, role, impersonatorId }: Owner, account: Account | null): OwnAccount {
  if (!account) throw AuthErrors.sessionEnded()
  const { user, profile } = account
  return {
    ...user,
    ...profile,
    tenantId,
    // The verifier of access tokens lets no other through.
    role: role as Role,
    impersonatedBy: impersonatorId ?? null,
  }
}
