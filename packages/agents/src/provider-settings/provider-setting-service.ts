import {
  type Clock,
  hostOrigin,
  type Id,
  newId,
  type Origin,
  plainHttp,
  type Profile,
  Secret,
  type Transaction,
} from '@corbel/core'
import type { EventRecorder, KeyVault } from '@corbel/core/ports'
import type {
  ProviderSettingRepository,
  StoredProviderSetting,
} from '../ports/provider-setting-repository.ts'
import type { OwnAccess, ProviderAccess, ProviderSettings } from '../ports/provider-settings.ts'
import type {
  ModelProvider,
  NewProviderSetting,
  ProviderPolicy,
  ProviderSetting,
  ProviderSettingChange,
} from './provider-setting.ts'
import { ProviderSettingErrors } from './provider-setting-errors.ts'
import { ProviderSettingEvents } from './provider-setting-events.ts'

export interface ProviderSettingServiceDeps {
  readonly providerSettings: ProviderSettingRepository
  readonly keyVault: Pick<KeyVault, 'seal' | 'open'>
  /** What holds for tenants that have not decided. */
  readonly platformKey: 'allowed' | 'refused'
  /** Outside of `local`, keys go nowhere in the clear. */
  readonly profile: Profile
  readonly clock: Clock
  readonly transaction: Transaction<{
    readonly providerSettings: ProviderSettingRepository
    readonly events: EventRecorder
  }>
}

export interface SettingAccess {
  readonly setting: StoredProviderSetting
  readonly access: OwnAccess
}

/** Keys of tenants for providers of models. */
export class ProviderSettingService implements ProviderSettings {
  readonly #deps: ProviderSettingServiceDeps

  constructor(deps: ProviderSettingServiceDeps) {
    this.#deps = deps
  }

  async list(tenantId: Id<'ten'>): Promise<{ readonly data: readonly ProviderSetting[] }> {
    return { data: (await this.#deps.providerSettings.list(tenantId)).map(toSetting) }
  }

  /** @throws `provider-settings/not-found` */
  async get(tenantId: Id<'ten'>, id: Id<'pst'>): Promise<ProviderSetting> {
    return toSetting(await this.#find(tenantId, id))
  }

  /** @throws `provider-settings/not-found` */
  async getByProvider(tenantId: Id<'ten'>, provider: ModelProvider): Promise<ProviderSetting> {
    return toSetting(await this.#findByProvider(tenantId, provider))
  }

  /** @throws `provider-settings/duplicate`, `provider-settings/plain-address` */
  async create(
    tenantId: Id<'ten'>,
    { provider, apiKey, baseUrl, active }: NewProviderSetting,
    origin: Origin = hostOrigin,
  ): Promise<ProviderSetting> {
    const { clock, transaction } = this.#deps
    this.#requireEncrypted(baseUrl)
    const [id, now] = [newId('pst', clock), clock.now()]
    const setting: StoredProviderSetting = {
      id,
      tenantId,
      provider,
      baseUrl,
      active,
      ...(await this.#seal({ tenantId, id }, apiKey)),
      version: 1,
      createdAt: now,
      updatedAt: now,
    }
    await transaction(async ({ providerSettings, events }) => {
      await providerSettings.insert(setting)
      await events.record(
        ProviderSettingEvents.providerConfigured(tenantId, { settingId: id, provider }, origin),
      )
    })
    return toSetting(setting)
  }

  /**
   * @throws `provider-settings/not-found`, `provider-settings/changed`, `provider-settings/address-needed`,
   * `provider-settings/plain-address`
   */
  async update(
    tenantId: Id<'ten'>,
    id: Id<'pst'>,
    { apiKey, baseUrl, active }: ProviderSettingChange,
    origin: Origin = hostOrigin,
  ): Promise<ProviderSetting> {
    const before = await this.#find(tenantId, id)
    const isElsewhere = baseUrl !== undefined && baseUrl !== before.baseUrl
    const next: StoredProviderSetting = {
      ...before,
      ...(active !== undefined && { active }),
      ...(baseUrl !== undefined && { baseUrl }),
      ...(isElsewhere && untested),
      ...(apiKey !== undefined && (await this.#seal({ tenantId, id }, apiKey))),
      updatedAt: this.#deps.clock.now(),
    }
    if (next.provider === 'openai-compatible' && next.baseUrl === null)
      throw ProviderSettingErrors.addressNeeded()
    this.#requireEncrypted(next.baseUrl)
    await this.#deps.transaction(async ({ providerSettings, events }) => {
      if (!(await providerSettings.replace(next))) throw ProviderSettingErrors.changed()
      const { provider } = next
      await events.record(
        ProviderSettingEvents.providerChanged(tenantId, { settingId: id, provider }, origin),
      )
    })
    return toSetting(next)
  }

  /** @throws `provider-settings/not-found` */
  async remove(tenantId: Id<'ten'>, id: Id<'pst'>, origin: Origin = hostOrigin): Promise<void> {
    await this.#deps.transaction(async ({ providerSettings, events }) => {
      const removed = await providerSettings.remove(tenantId, id)
      if (!removed) throw ProviderSettingErrors.notFound()
      const { provider } = removed
      await events.record(
        ProviderSettingEvents.providerRemoved(tenantId, { settingId: id, provider }, origin),
      )
    })
  }

  async policy(tenantId: Id<'ten'>): Promise<ProviderPolicy> {
    return { platformKey: await this.#deps.providerSettings.findPolicy(tenantId) }
  }

  async decide(
    tenantId: Id<'ten'>,
    policy: ProviderPolicy,
    origin: Origin = hostOrigin,
  ): Promise<ProviderPolicy> {
    await this.#deps.transaction(async ({ providerSettings, events }) => {
      await providerSettings.decide(tenantId, policy.platformKey)
      await events.record(ProviderSettingEvents.platformKeyDecided(tenantId, policy, origin))
    })
    return policy
  }

  async accessOf(tenantId: Id<'ten'>, provider: ModelProvider): Promise<ProviderAccess> {
    const { providerSettings, platformKey: byDefault } = this.#deps
    const { setting, platformKey } = await providerSettings.findAccess(tenantId, provider)
    if (!setting) return { kind: (platformKey ?? byDefault === 'allowed') ? 'platform' : 'none' }
    // A key that was switched off is not a wish for the platform's to be charged.
    return setting.active ? this.#open(setting) : { kind: 'none' }
  }

  /**
   * What is set, and the access that it gives or would give if it were active.
   *
   * @throws `provider-settings/not-found`
   */
  async accessById(tenantId: Id<'ten'>, id: Id<'pst'>): Promise<SettingAccess> {
    return this.#accessTo(await this.#find(tenantId, id))
  }

  /** The same by its provider. */
  async accessByProvider(tenantId: Id<'ten'>, provider: ModelProvider): Promise<SettingAccess> {
    return this.#accessTo(await this.#findByProvider(tenantId, provider))
  }

  /** @throws `provider-settings/changed` when it is not any more what was tested. */
  async noteTest(
    setting: StoredProviderSetting,
    passed: boolean,
    origin: Origin,
  ): Promise<{ readonly testedAt: string }> {
    const testedAt = this.#deps.clock.now()
    const { id: settingId, tenantId, provider } = setting
    await this.#deps.transaction(async ({ providerSettings, events }) => {
      if (!(await providerSettings.replace({ ...setting, testedAt, testPassed: passed })))
        throw ProviderSettingErrors.changed()
      await events.record(
        ProviderSettingEvents.providerTested(tenantId, { settingId, provider, passed }, origin),
      )
    })
    return { testedAt: testedAt.toISOString() }
  }

  #requireEncrypted(baseUrl: string | null): void {
    if (this.#deps.profile !== 'local' && baseUrl !== null && plainHttp(baseUrl) !== null)
      throw ProviderSettingErrors.plainAddress()
  }

  async #accessTo(setting: StoredProviderSetting): Promise<SettingAccess> {
    return { setting, access: await this.#open(setting) }
  }

  async #findByProvider(tenantId: Id<'ten'>, provider: ModelProvider): Promise<StoredProviderSetting> {
    const { setting } = await this.#deps.providerSettings.findAccess(tenantId, provider)
    if (!setting) throw ProviderSettingErrors.notFound()
    return setting
  }

  async #open(setting: StoredProviderSetting): Promise<OwnAccess> {
    const key = await this.#deps.keyVault.open(setting.sealedKey, contextOf(setting))
    const { baseUrl, id, version } = setting
    const apiKey = new Secret(new TextDecoder().decode(key))
    return { kind: 'tenant', apiKey, baseUrl, version: `${id}.${version}` }
  }

  async #find(tenantId: Id<'ten'>, id: Id<'pst'>): Promise<StoredProviderSetting> {
    const setting = await this.#deps.providerSettings.find(tenantId, id)
    if (!setting) throw ProviderSettingErrors.notFound()
    return setting
  }

  async #seal(owner: Parameters<typeof contextOf>[0], apiKey: string) {
    const sealedKey = await this.#deps.keyVault.seal(new TextEncoder().encode(apiKey), contextOf(owner))
    return { sealedKey, keyHint: apiKey.slice(-4), ...untested }
  }
}

const untested = { testedAt: null, testPassed: null }

const contextOf = ({ tenantId, id }: Pick<StoredProviderSetting, 'tenantId' | 'id'>): string =>
  `${tenantId}|provider-key|${id}`

const toSetting = ({
  tenantId: _tenant,
  sealedKey: _key,
  version: _version,
  ...setting
}: StoredProviderSetting): ProviderSetting => ({
  ...setting,
  testedAt: setting.testedAt?.toISOString() ?? null,
  createdAt: setting.createdAt.toISOString(),
  updatedAt: setting.updatedAt.toISOString(),
})
