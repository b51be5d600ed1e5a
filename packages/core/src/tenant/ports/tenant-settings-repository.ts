import type { Id } from '../../kernel/id.ts'
import type { TenantSettings, TenantSettingsValues } from '../settings/tenant-settings.ts'

export interface TenantSettingsRepository {
  insert(tenantId: Id<'ten'>, settings: TenantSettings): Promise<void>
  find(tenantId: Id<'ten'>): Promise<TenantSettings | null>
  /**
   * Replaces the values if the version is still `expected`, and raises it by one. Of concurrent callers with one expected
   * version, one succeeds. Null when the version has moved on or the tenant has no settings.
   */
  replace(tenantId: Id<'ten'>, values: TenantSettingsValues, expected: number): Promise<TenantSettings | null>
}
