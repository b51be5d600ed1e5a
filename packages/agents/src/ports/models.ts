import type { Id } from '@corbel/core'
import type { PortAdapter } from '@corbel/core/ports'
import type { Model } from '@openai/agents-core'

/** The models that agents talk through, for one tenant at a time. */
export interface Models extends PortAdapter {
  /**
   * The model of this name, with the credentials of this tenant. What one tenant's model sends, no other tenant's key, address or
   * account has to do with it, and nothing is read from the environment.
   *
   * @throws `models/not-configured` when the tenant has no credentials and may not use the platform's.
   */
  model(tenantId: Id<'ten'>, name: string): Promise<Model>
}
