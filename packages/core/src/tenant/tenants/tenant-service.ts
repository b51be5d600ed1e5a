import type { Clock } from '../../kernel/clock.ts'
import { hostOrigin, type Origin } from '../../kernel/origin.ts'
import type { Transaction } from '../../kernel/transaction.ts'
import type { EventRecorder } from '../../ports/outbox.ts'
import type { TenantRepositories } from '../ports/tenant-repositories.ts'
import { defaultTenantSettings } from '../settings/tenant-settings.ts'
import { requireOtherOwner } from '../memberships/other-owner.ts'
import { TenantErrors } from '../tenant-errors.ts'
import { TenantEvents } from '../tenant-events.ts'
import type { Id } from '../../kernel/id.ts'
import { type RenameTenant, type Tenant, tenantDraft, type TenantId } from './tenant.ts'

export interface TenantServiceDeps extends TenantRepositories {
  readonly clock: Clock
  readonly transaction: Transaction<TenantRepositories & { readonly events: EventRecorder }>
}

export class TenantService {
  readonly #deps: TenantServiceDeps

  constructor(deps: TenantServiceDeps) {
    this.#deps = deps
  }

  /**
   * Creates a tenant, its settings and the membership of its owner.
   *
   * @param tenant - `planCode` is told along with it, for whoever sells plans.
   */
  async create(
    {
      name,
      ownerId,
      planCode,
    }: { readonly name: string; readonly ownerId: Id<'usr'>; readonly planCode?: string | undefined },
    origin: Origin = hostOrigin,
  ): Promise<Tenant> {
    const tenant = this.draft(name)
    await this.#deps.transaction(async ({ tenants, memberships, settings, events }) => {
      await tenants.insert(tenant)
      await settings.insert(tenant.id, defaultTenantSettings)
      await memberships.insert({
        tenantId: tenant.id,
        userId: ownerId,
        role: 'owner',
        createdAt: tenant.createdAt,
      })
      await events.record(TenantEvents.created(tenant.id, { slug: tenant.slug, ownerId, planCode }, origin))
    })
    return tenant
  }

  /** A tenant as {@link create} would make it, without making it. */
  draft(name: string): Tenant {
    return tenantDraft(name, this.#deps.clock)
  }

  /** To be called in the transaction in which the user goes. @throws `tenant/last-owner` when a tenant would be left without an owner. */
  requireOtherOwner(userId: Id<'usr'>): Promise<void> {
    return requireOtherOwner(this.#deps.memberships, userId)
  }

  /** @throws `tenant/not-found` */
  async get(id: TenantId): Promise<Tenant> {
    const tenant = await this.#deps.tenants.find(id)
    if (!tenant) throw TenantErrors.notFound()
    return tenant
  }

  /** @throws `tenant/not-found` */
  rename(id: TenantId, { name }: RenameTenant, origin: Origin = hostOrigin): Promise<Tenant> {
    return this.#deps.transaction(async ({ tenants, events }) => {
      const tenant = await tenants.rename(id, name)
      if (!tenant) throw TenantErrors.notFound()
      await events.record(TenantEvents.renamed(id, { name: tenant.name }, origin))
      return tenant
    })
  }
}
