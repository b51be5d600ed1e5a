import type { Clock } from '../../kernel/clock.ts'
import type { Id } from '../../kernel/id.ts'
import { hostOrigin, type Origin } from '../../kernel/origin.ts'
import { type Page, type PageQuery, toPage, toPageRequest } from '../../kernel/page.ts'
import type { Transaction } from '../../kernel/transaction.ts'
import type { EventRecorder } from '../../ports/outbox.ts'
import type { ActivityRepository } from '../ports/activity-repository.ts'
import type { MembershipRepository } from '../ports/membership-repository.ts'
import type { RoleRepository } from '../ports/role-repository.ts'
import { type Grant, grantOf, reaches, type ScopesByRole } from '../roles/grant.ts'
import { chosenRole } from '../roles/role-choice.ts'
import { TenantErrors } from '../tenant-errors.ts'
import { TenantEvents } from '../tenant-events.ts'
import { requireOtherOwner } from './other-owner.ts'
import type { Membership, NewMember, RoleChoice } from './membership.ts'

/** The member who acts. Which role they have now is looked up, whatever their token says. */
export interface Actor {
  readonly tenantId: Id<'ten'>
  readonly userId: Id<'usr'>
}

export interface MembershipServiceDeps {
  readonly memberships: MembershipRepository
  readonly clock: Clock
  readonly scopesByRole: ScopesByRole
  readonly transaction: Transaction<{
    readonly memberships: MembershipRepository
    readonly roles: Pick<RoleRepository, 'hold'>
    readonly activity: Pick<ActivityRepository, 'forget'>
    readonly events: EventRecorder
  }>
}

export class MembershipService {
  readonly #deps: MembershipServiceDeps

  constructor(deps: MembershipServiceDeps) {
    this.#deps = deps
  }

  /** What is kept about a user: where they are a member. */
  async export(userId: Id<'usr'>): Promise<{ readonly memberships: readonly Membership[] }> {
    return { memberships: await this.#deps.memberships.listOfUser(userId) }
  }

  /** Ends every membership of a user, in the transaction of the caller. @throws `tenant/last-owner` */
  async erase(userId: Id<'usr'>, origin: Origin = hostOrigin): Promise<void> {
    await this.#deps.transaction(async ({ memberships, activity, events }) => {
      await requireOtherOwner(memberships, userId)
      await activity.forget(userId)
      for (const tenantId of await memberships.removeUser(userId))
        await events.record(TenantEvents.memberErased(tenantId, { userId }, origin))
    })
  }

  /** Members of a tenant. */
  async list(tenantId: Id<'ten'>, query: PageQuery): Promise<Page<Membership>> {
    const rows = await this.#deps.memberships.listOfTenant(tenantId, toPageRequest(query))
    return toPage(rows, query.limit, ({ userId }) => userId)
  }

  /**
   * Makes a user a member in their own name, without asking for a right. Of concurrent callers for one user one succeeds.
   *
   * @throws `tenant/already-member`
   */
  join(
    { tenantId, userId, role }: Omit<Membership, 'createdAt' | 'customRole'>,
    origin: Origin = hostOrigin,
  ): Promise<void> {
    const createdAt = this.#deps.clock.now().toISOString()
    return this.#deps.transaction(async ({ memberships, events }) => {
      await memberships.insert({ tenantId, userId, role, createdAt })
      await events.record(TenantEvents.memberAdded(tenantId, { userId, role }, origin))
    })
  }

  /**
   * Adds a user. That there is such a user, the caller knows.
   *
   * @throws `tenant/role-not-found`, `tenant/role-not-yours`, `tenant/already-member`.
   */
  add(actor: Actor, { userId, ...choice }: NewMember, origin: Origin = hostOrigin): Promise<Membership> {
    const { clock, scopesByRole, transaction } = this.#deps
    const { tenantId } = actor
    return transaction(async ({ memberships, roles, events }) => {
      const chosen = await chosenRole(roles, tenantId, choice)
      await requireGrant(memberships, scopesByRole, actor, grantOf(chosen))
      const membership = { tenantId, userId, ...chosen, createdAt: clock.now().toISOString() }
      await memberships.insert(membership)
      await events.record(TenantEvents.memberAdded(tenantId, { userId, role: chosen.role }, origin))
      return membership
    })
  }

  /**
   * Two owners who take the role from each other at once leave one.
   *
   * @throws `tenant/member-not-found`, `tenant/role-not-found`, `tenant/role-not-yours`, `tenant/last-owner`.
   */
  changeRole(
    actor: Actor,
    userId: Id<'usr'>,
    choice: RoleChoice,
    origin: Origin = hostOrigin,
  ): Promise<Membership> {
    const { scopesByRole, transaction } = this.#deps
    const { tenantId } = actor
    return transaction(async ({ memberships, roles, events }) => {
      const chosen = await chosenRole(roles, tenantId, choice)
      const before = await requireMember(memberships, tenantId, userId)
      await requireGrant(memberships, scopesByRole, actor, grantOf(chosen), grantOf(before))
      if (before.role === chosen.role && before.customRole?.id === chosen.customRole?.id) return before
      const changed = await memberships.changeRole(tenantId, userId, chosen.role, chosen.customRole)
      if (!changed) throw TenantErrors.memberNotFound()
      const payload = { userId, role: chosen.role, roleId: chosen.customRole?.id }
      await events.record(TenantEvents.memberRoleChanged(tenantId, payload, origin))
      return changed
    })
  }

  /** @throws `tenant/member-not-found`, `tenant/role-not-yours`, `tenant/last-owner`. */
  remove(actor: Actor, userId: Id<'usr'>, origin: Origin = hostOrigin): Promise<void> {
    const { scopesByRole, transaction } = this.#deps
    const { tenantId } = actor
    return transaction(async ({ memberships, events }) => {
      const before = await requireMember(memberships, tenantId, userId)
      await requireGrant(memberships, scopesByRole, actor, grantOf(before))
      if (!(await memberships.remove(tenantId, userId))) throw TenantErrors.memberNotFound()
      await events.record(TenantEvents.memberRemoved(tenantId, { userId }, origin))
    })
  }

  /**
   * Makes another member an owner and the acting owner an admin, in one statement.
   *
   * @throws `tenant/member-not-found`, `tenant/role-not-yours`.
   */
  transferOwnership(actor: Actor, to: Id<'usr'>, origin: Origin = hostOrigin): Promise<Membership> {
    const { tenantId, userId: from } = actor
    return this.#deps.transaction(async ({ memberships, events }) => {
      await requireMember(memberships, tenantId, to)
      const owner = await memberships.transferOwnership(tenantId, from, to)
      if (!owner) throw TenantErrors.roleNotYours()
      await events.record(
        TenantEvents.ownershipTransferred(tenantId, { fromUserId: from, toUserId: to }, origin),
      )
      return owner
    })
  }
}

async function requireMember(
  memberships: MembershipRepository,
  tenantId: Id<'ten'>,
  userId: Id<'usr'>,
): Promise<Membership> {
  const member = await memberships.find(tenantId, userId)
  if (!member) throw TenantErrors.memberNotFound()
  return member
}

/** @throws `tenant/role-not-yours` when the actor has less than one of these by now. */
export async function requireGrant(
  memberships: MembershipRepository,
  byRole: ScopesByRole,
  { tenantId, userId }: Actor,
  ...touched: readonly Grant[]
): Promise<void> {
  const own = await memberships.find(tenantId, userId)
  if (!own || !touched.every((grant) => reaches(byRole, grantOf(own), grant)))
    throw TenantErrors.roleNotYours()
}
