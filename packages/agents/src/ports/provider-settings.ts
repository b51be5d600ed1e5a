import type { Id, Secret } from '@corbel/core'
import type { ModelProvider } from '../provider-settings/provider-setting.ts'

/** A key of the tenant's own. */
export interface OwnAccess {
  readonly kind: 'tenant'
  readonly apiKey: Secret
  /** Null for the provider's own. */
  readonly baseUrl: string | null
  /** Another one after every change: what was made with the credentials is kept under it. */
  readonly version: string
}

/** With what a tenant's calls to a provider are made. */
export type ProviderAccess =
  | OwnAccess
  /** The tenant has none, and may use the platform's. */
  | { readonly kind: 'platform' }
  /** The tenant has none, or has switched it off, or may not use the platform's. */
  | { readonly kind: 'none' }

/** Whose key pays for what a tenant's agents say. Nothing falls back to the platform's unless the answer says so. */
export interface ProviderSettings {
  /** One statement. */
  accessOf(tenantId: Id<'ten'>, provider: ModelProvider): Promise<ProviderAccess>
}
