import type { Clock } from '../../kernel/clock.ts'
import type { Id } from '../../kernel/id.ts'
import { hostOrigin, type Origin } from '../../kernel/origin.ts'
import { type Page, toPage, toPageRequest } from '../../kernel/page.ts'
import type { Transaction } from '../../kernel/transaction.ts'
import type { EventRecorder } from '../../ports/outbox.ts'
import type { TenantRepositories } from '../ports/tenant-repositories.ts'
import { defaultTenantSettings } from '../settings/tenant-settings.ts'
import { TenantErrors } from '../tenant-errors.ts'
import { TenantEvents } from '../tenant-events.ts'
import { type RenameTenant, tenantDraft, type TenantId } from '../tenants/tenant.ts'
import {
  type ErasureReport,
  type NewPlatformTenant,
  type PlatformTenant,
  type PlatformTenantQuery,
  statusesBefore,
  type TenantStatus,
} from './lifecycle.ts'
import type { TenantStates } from './tenant-states.ts'

type Scope = TenantRepositories & { readonly events: EventRecorder }

export interface LifecycleServiceDeps {
  readonly lifecycles: TenantRepositories['lifecycles']
  readonly clock: Clock
  readonly tenantStates: TenantStates
  readonly transaction: Transaction<Scope>
  /** Invites the first owner within the transaction. */
  readonly inviteOwner: (scope: Scope, id: TenantId, email: string, origin: Origin) => Promise<unknown>
}

/** The tenants of the platform and the states that they pass through. */
export class LifecycleService {
  readonly #deps: LifecycleServiceDeps

  constructor(deps: LifecycleServiceDeps) {
    this.#deps = deps
  }

  /**
   * The state of a tenant without a statement of its own. A change made in this instance is known at once, one made elsewhere after
   * three times `TENANT_STATUS_POLL_SECONDS` at the latest.
   *
   * @throws `tenant/status-unavailable`
   */
  async statusOf(id: TenantId): Promise<TenantStatus> {
    const { tenantStates } = this.#deps
    if (!tenantStates.isFresh) await this.refresh()
    return tenantStates.statusOf(id)
  }

  /** Reads which tenants are not active, unless that was done a moment ago. @throws `tenant/status-unavailable` */
  refresh(): Promise<void> {
    const { tenantStates, lifecycles } = this.#deps
    return tenantStates.refresh((since) => lifecycles.listChangedSince(since))
  }

  async list(query: PlatformTenantQuery): Promise<Page<PlatformTenant>> {
    const rows = await this.#deps.lifecycles.list(query, toPageRequest(query))
    return toPage(rows, query.limit, ({ id }) => id)
  }

  /** @throws `tenant/not-found` */
  async get(id: TenantId): Promise<PlatformTenant> {
    const tenant = await this.#deps.lifecycles.find(id)
    if (!tenant) throw TenantErrors.notFound()
    return tenant
  }

  /** Creates a tenant without members and invites its owner; it becomes active when they join. */
  async create(
    { name, ownerEmail }: NewPlatformTenant,
    origin: Origin = hostOrigin,
  ): Promise<PlatformTenant> {
    const { clock, transaction, inviteOwner, tenantStates } = this.#deps
    const tenant = tenantDraft(name, clock)
    const created = await transaction(async (scope) => {
      await scope.tenants.insert(tenant, 'provisioning')
      await scope.settings.insert(tenant.id, defaultTenantSettings)
      await scope.events.record(TenantEvents.provisioned(tenant.id, { slug: tenant.slug }, origin))
      await inviteOwner(scope, tenant.id, ownerEmail, origin)
      return scope.lifecycles.find(tenant.id)
    })
    tenantStates.expire()
    if (!created) throw TenantErrors.notFound()
    return created
  }

  /** @throws `tenant/not-found` */
  rename(id: TenantId, { name }: RenameTenant, origin: Origin = hostOrigin): Promise<PlatformTenant> {
    return this.#deps.transaction(async ({ tenants, lifecycles, events }) => {
      const before = await lifecycles.find(id)
      if (!before || before.erasedAt !== null) throw TenantErrors.notFound()
      await tenants.rename(id, name)
      await events.record(TenantEvents.renamed(id, { name }, origin))
      return { ...before, name }
    })
  }

  /**
   * Brings a tenant into a state for a reason. Of concurrent callers one succeeds.
   *
   * @throws `tenant/not-found`, `tenant/wrong-status`.
   */
  async change(
    id: TenantId,
    to: TenantStatus,
    reason: string | null,
    origin: Origin = hostOrigin,
  ): Promise<PlatformTenant> {
    const { clock, transaction, tenantStates } = this.#deps
    const changed = await transaction(async ({ lifecycles, events }) => {
      const transition = { to, from: statusesBefore[to], reason, now: clock.now() }
      const tenant = await lifecycles.change(id, transition)
      if (tenant) {
        await events.record(TenantEvents.statusChanged(id, { status: to, reason }, origin))
        return tenant
      }
      const present = await lifecycles.find(id)
      if (!present) throw TenantErrors.notFound()
      throw TenantErrors.wrongStatus({ detail: `The tenant is ${present.status}.` })
    })
    tenantStates.expire()
    return changed
  }

  /** Reacts to a change, wherever it was made: what is being deprovisioned ends up deprovisioned. */
  async follow(id: TenantId | null, status: TenantStatus): Promise<void> {
    this.#deps.tenantStates.expire()
    if (id === null || status !== 'deprovisioning') return
    const present = await this.#deps.lifecycles.find(id)
    if (present?.status === 'deprovisioning') await this.change(id, 'deprovisioned', null)
  }

  /**
   * Erases what a deprovisioned tenant has left behind, in one transaction, and says what went. Its audit trail stays, and so do the
   * accounts of its people, which are theirs and may be members elsewhere. Of concurrent callers one succeeds.
   *
   * @throws `tenant/not-found`, `tenant/wrong-status`.
   */
  async erase(id: TenantId, reason: string, origin: Origin = hostOrigin): Promise<ErasureReport> {
    const { clock, transaction } = this.#deps
    return transaction(async ({ lifecycles, events }) => {
      const now = clock.now()
      const erased = await lifecycles.erase(id, now)
      if (!erased) {
        const present = await lifecycles.find(id)
        if (!present || present.erasedAt !== null) throw TenantErrors.notFound()
        throw TenantErrors.wrongStatus({ detail: `The tenant is ${present.status}.` })
      }
      await events.record(TenantEvents.erased(id, { erased, reason }, origin))
      return { tenantId: id, erasedAt: now.toISOString(), erased }
    })
  }

  /** Notes that an operator reads in a suspended tenant. */
  recordOverride(
    { tenantId }: { readonly tenantId: Id<'ten'> },
    what: { readonly endpoint: string; readonly reason: string },
    origin: Origin,
  ): Promise<void> {
    return this.#deps.transaction(({ events }) =>
      events.record(TenantEvents.accessOverridden(tenantId, what, origin)),
    )
  }
}
