import type { Id } from '../../kernel/id.ts'
import { hostOrigin, type Origin } from '../../kernel/origin.ts'
import type { Transaction } from '../../kernel/transaction.ts'
import type { EventRecorder } from '../../ports/outbox.ts'
import type { TenantRepositories } from '../ports/tenant-repositories.ts'
import { TenantErrors } from '../tenant-errors.ts'
import { TenantEvents } from '../tenant-events.ts'
import type { ChangeFeatures, FeatureOverrides, Features } from './features.ts'

export interface FeatureServiceDeps extends Pick<TenantRepositories, 'lifecycles' | 'settings'> {
  readonly transaction: Transaction<
    Pick<TenantRepositories, 'lifecycles'> & { readonly events: EventRecorder }
  >
}

export class FeatureService {
  readonly #deps: FeatureServiceDeps

  constructor(deps: FeatureServiceDeps) {
    this.#deps = deps
  }

  /** @throws `tenant/not-found` */
  async get(tenantId: Id<'ten'>): Promise<Features> {
    const { features } = await this.overridesOf(tenantId)
    const settings = await this.#deps.settings.find(tenantId)
    return { features, flags: settings?.flags ?? {} }
  }

  /** @throws `tenant/not-found` */
  async overridesOf(tenantId: Id<'ten'>): Promise<FeatureOverrides> {
    const features = await this.#deps.lifecycles.findFeatures(tenantId)
    if (!features) throw TenantErrors.notFound()
    return { features }
  }

  /** @throws `tenant/not-found` */
  change(
    tenantId: Id<'ten'>,
    { features: change }: ChangeFeatures,
    origin: Origin = hostOrigin,
  ): Promise<FeatureOverrides> {
    return this.#deps.transaction(async ({ lifecycles, events }) => {
      const features = await lifecycles.changeFeatures(tenantId, change)
      if (!features) throw TenantErrors.notFound()
      await events.record(TenantEvents.featuresChanged(tenantId, { change }, origin))
      return { features }
    })
  }
}
