import type { Id } from '../../kernel/id.ts'
import { hostOrigin, type Origin } from '../../kernel/origin.ts'
import type { Transaction } from '../../kernel/transaction.ts'
import type { EventRecorder } from '../../ports/outbox.ts'
import type { TenantSettingsRepository } from '../ports/tenant-settings-repository.ts'
import { TenantErrors } from '../tenant-errors.ts'
import { TenantEvents } from '../tenant-events.ts'
import type { TenantSettings, TenantSettingsValues } from './tenant-settings.ts'

export interface TenantSettingsServiceDeps {
  readonly settings: TenantSettingsRepository
  readonly transaction: Transaction<{
    readonly settings: TenantSettingsRepository
    readonly events: EventRecorder
  }>
}

export class TenantSettingsService {
  readonly #deps: TenantSettingsServiceDeps

  constructor(deps: TenantSettingsServiceDeps) {
    this.#deps = deps
  }

  /** @throws `tenant/not-found` */
  async get(tenantId: Id<'ten'>): Promise<TenantSettings> {
    const settings = await this.#deps.settings.find(tenantId)
    if (!settings) throw TenantErrors.notFound()
    return settings
  }

  /**
   * Replaces the settings if their version is still `expected`.
   *
   * @throws `tenant/settings-stale` when it is not.
   */
  replace(
    tenantId: Id<'ten'>,
    values: TenantSettingsValues,
    expected: number,
    origin: Origin = hostOrigin,
  ): Promise<TenantSettings> {
    return this.#deps.transaction(async ({ settings, events }) => {
      const replaced = await settings.replace(tenantId, values, expected)
      if (!replaced) throw TenantErrors.settingsStale()
      await events.record(TenantEvents.settingsChanged(tenantId, { version: replaced.version }, origin))
      return replaced
    })
  }
}
