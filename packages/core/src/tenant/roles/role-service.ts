import type { Clock } from '../../kernel/clock.ts'
import { type Id, newId } from '../../kernel/id.ts'
import { hostOrigin, type Origin } from '../../kernel/origin.ts'
import type { Transaction } from '../../kernel/transaction.ts'
import type { EventRecorder } from '../../ports/outbox.ts'
import { type Actor, requireGrant } from '../memberships/membership-service.ts'
import { type Role, roles as builtIn } from '../memberships/membership.ts'
import type { MembershipRepository } from '../ports/membership-repository.ts'
import type { RoleRecord, RoleRepository } from '../ports/role-repository.ts'
import { TenantErrors } from '../tenant-errors.ts'
import { TenantEvents } from '../tenant-events.ts'
import {
  type CustomRole,
  type CustomRoleChange,
  mostRoles,
  type NewCustomRole,
  type RoleId,
} from './custom-role.ts'
import type { Grant, ScopesByRole } from './grant.ts'

interface Repositories {
  readonly roles: RoleRepository
  readonly memberships: MembershipRepository
}

export interface RoleServiceDeps {
  readonly roles: RoleRepository
  readonly clock: Clock
  readonly scopesByRole: ScopesByRole
  readonly transaction: Transaction<Repositories & { readonly events: EventRecorder }>
}

/** Roles that a tenant makes of permissions. Nobody makes, changes or removes one that reaches beyond what they may do themselves. */
export class RoleService {
  readonly #deps: RoleServiceDeps

  constructor(deps: RoleServiceDeps) {
    this.#deps = deps
  }

  async list(tenantId: Id<'ten'>): Promise<{ readonly data: readonly CustomRole[] }> {
    return { data: (await this.#deps.roles.list(tenantId)).map(shown) }
  }

  /** @throws `tenant/role-not-found` */
  async get(tenantId: Id<'ten'>, id: RoleId): Promise<CustomRole> {
    return shown(await found(this.#deps.roles, tenantId, id))
  }

  /** @throws `tenant/unknown-permission`, `tenant/role-not-yours`, `tenant/role-name-taken`, `tenant/too-many-roles`. */
  create(actor: Actor, { name, scopes }: NewCustomRole, origin: Origin = hostOrigin): Promise<CustomRole> {
    const { clock, scopesByRole, transaction } = this.#deps
    const { tenantId } = actor
    const base = this.#baseOf(scopes)
    return transaction(async ({ roles, memberships, events }) => {
      await requireGrant(memberships, scopesByRole, actor, { role: base, scopes })
      if ((await roles.list(tenantId)).length >= mostRoles) throw TenantErrors.tooManyRoles()
      const id = newId('rol', clock)
      const role: RoleRecord = { id, tenantId, name, scopes, base, version: 1, createdAt: clock.now() }
      await roles.insert(role)
      await events.record(TenantEvents.roleCreated(tenantId, { roleId: id, name, scopes }, origin))
      return shown(role)
    })
  }

  /**
   * Members who have the role follow in the same transaction: their API keys at once, their sessions with the next access token.
   *
   * @throws `tenant/role-not-found`, `tenant/unknown-permission`, `tenant/role-not-yours`, `tenant/role-name-taken`, `tenant/role-changed`.
   */
  update(
    actor: Actor,
    id: RoleId,
    { name, scopes }: CustomRoleChange,
    origin: Origin = hostOrigin,
  ): Promise<CustomRole> {
    const { scopesByRole, transaction } = this.#deps
    const { tenantId } = actor
    const base = scopes && this.#baseOf(scopes)
    return transaction(async ({ roles, memberships, events }) => {
      const before = await found(roles, tenantId, id)
      const next: RoleRecord = { ...before, ...(name && { name }), ...(scopes && base && { scopes, base }) }
      await requireGrant(memberships, scopesByRole, actor, toGrant(before), toGrant(next))
      if (!(await roles.replace(next))) throw TenantErrors.roleChanged()
      const payload = { roleId: id, name: next.name, scopes: next.scopes }
      await events.record(TenantEvents.roleChanged(tenantId, payload, origin))
      return shown(next)
    })
  }

  /** @throws `tenant/role-not-found`, `tenant/role-not-yours`, `tenant/role-in-use`. */
  remove(actor: Actor, id: RoleId, origin: Origin = hostOrigin): Promise<void> {
    const { scopesByRole, transaction } = this.#deps
    const { tenantId } = actor
    return transaction(async ({ roles, memberships, events }) => {
      await requireGrant(memberships, scopesByRole, actor, toGrant(await found(roles, tenantId, id)))
      if (!(await roles.remove(tenantId, id))) throw TenantErrors.roleNotFound()
      await events.record(TenantEvents.roleRemoved(tenantId, { roleId: id }, origin))
    })
  }

  /** The least role that has all of these. An owner is an owner by that role alone, so that the last one can be told. */
  #baseOf(scopes: readonly string[]): Role {
    const { scopesByRole } = this.#deps
    const unknown = scopes.filter((scope) => !scopesByRole.admin.includes(scope))
    if (unknown.length > 0)
      throw TenantErrors.unknownPermission({ detail: `Not for a role: ${unknown.join(', ')}.` })
    return builtIn.find((role) => scopes.every((scope) => scopesByRole[role].includes(scope))) ?? 'admin'
  }
}

async function found(roles: RoleRepository, tenantId: Id<'ten'>, id: RoleId): Promise<RoleRecord> {
  const role = await roles.find(tenantId, id)
  if (!role) throw TenantErrors.roleNotFound()
  return role
}

const toGrant = ({ base, scopes }: RoleRecord): Grant => ({ role: base, scopes })

const shown = ({ id, name, scopes, base, createdAt }: RoleRecord): CustomRole => ({
  id,
  name,
  scopes,
  base,
  createdAt: createdAt.toISOString(),
})
