import type { Clock } from '../../kernel/clock.ts'
import { newId } from '../../kernel/id.ts'
import type { Transaction } from '../../kernel/transaction.ts'
import type { EventRecorder } from '../../ports/outbox.ts'
import type { TenantRepositories } from '../ports/tenant-repositories.ts'
import { defaultTenantSettings } from '../settings/tenant-settings.ts'
import { TenantErrors } from '../tenant-errors.ts'
import { TenantEvents } from '../tenant-events.ts'
import type { Id } from '../../kernel/id.ts'
import { type RenameTenant, slugFor, type Tenant, type TenantId } from './tenant.ts'

export interface TenantServiceDeps extends TenantRepositories {
  readonly clock: Clock
  readonly transaction: Transaction<TenantRepositories & { readonly events: EventRecorder }>
}

export class TenantService {
  readonly #deps: TenantServiceDeps

  constructor(deps: TenantServiceDeps) {
    this.#deps = deps
  }

  /** Creates a tenant, its settings and the membership of its owner. */
  async create({ name, ownerId }: { readonly name: string; readonly ownerId: Id<'usr'> }): Promise<Tenant> {
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
      await events.record(TenantEvents.created(tenant.id, { slug: tenant.slug, ownerId }))
    })
    return tenant
  }

  /** A tenant as {@link create} would make it, without making it. */
  draft(name: string): Tenant {
    const { clock } = this.#deps
    const id = newId('ten', clock)
    return { id, slug: slugFor(name, id), name, createdAt: clock.now().toISOString() }
  }

  /** @throws `tenant/not-found` */
  async get(id: TenantId): Promise<Tenant> {
    const tenant = await this.#deps.tenants.find(id)
    if (!tenant) throw TenantErrors.notFound()
    return tenant
  }

  /** @throws `tenant/not-found` */
  rename(id: TenantId, { name }: RenameTenant): Promise<Tenant> {
    return this.#deps.transaction(async ({ tenants, events }) => {
      const tenant = await tenants.rename(id, name)
      if (!tenant) throw TenantErrors.notFound()
      await events.record(TenantEvents.renamed(id, { name: tenant.name }))
      return tenant
    })
  }
}
