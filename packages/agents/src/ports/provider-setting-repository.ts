import type { Id } from '@corbel/core'
import type { ModelProvider } from '../provider-settings/provider-setting.ts'

export interface StoredProviderSetting {
  readonly id: Id<'pst'>
  readonly tenantId: Id<'ten'>
  readonly provider: ModelProvider
  readonly baseUrl: string | null
  /** As the key vault has sealed it. */
  readonly sealedKey: string
  readonly keyHint: string
  readonly active: boolean
  readonly testedAt: Date | null
  readonly testPassed: boolean | null
  readonly version: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** Keys for providers of models: of each tenant at most one for a provider. */
export interface ProviderSettingRepository {
  /** @throws `provider-settings/duplicate`; of concurrent callers one succeeds. */
  insert(setting: StoredProviderSetting): Promise<void>
  find(tenantId: Id<'ten'>, id: Id<'pst'>): Promise<StoredProviderSetting | null>
  /** Oldest first. */
  list(tenantId: Id<'ten'>): Promise<readonly StoredProviderSetting[]>
  /** Replaces all but id, tenant, provider and creation, and raises the version. False when it has another version or is gone. */
  replace(setting: StoredProviderSetting): Promise<boolean>
  /** What was there; null when there is none. Of concurrent callers one gets it. */
  remove(tenantId: Id<'ten'>, id: Id<'pst'>): Promise<StoredProviderSetting | null>
  /** Whether the tenant may use the platform's keys; null when it has not decided. */
  findPolicy(tenantId: Id<'ten'>): Promise<boolean | null>
  /** The last one stays. */
  decide(tenantId: Id<'ten'>, platformKey: boolean | null): Promise<void>
  /** The setting for a provider and the policy, in one statement. */
  findAccess(
    tenantId: Id<'ten'>,
    provider: ModelProvider,
  ): Promise<{ readonly setting: StoredProviderSetting | null; readonly platformKey: boolean | null }>
}
