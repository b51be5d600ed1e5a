import type { Id } from '@corbel/core'
import type { PortAdapter } from '@corbel/core/ports'
import type { Model } from '@openai/agents-core'
import type { HostedToolKind } from '../tools/hosted-tool.ts'
import type { ShownType } from '../files/file-type.ts'

/** The models that agents talk through by the platform's own account, where a tenant has none and may use it. */
export interface Models extends PortAdapter {
  /**
   * The model of this name, for a tenant. Nothing is read from the environment.
   *
   * @throws `models/not-configured` when the platform has no account with the provider of this model.
   */
  model(tenantId: Id<'ten'>, name: string): Promise<Model>
  /** Who answers for the model of this name, as traces are to say. Absent: the adapter. */
  providerOf?(name: string): string
  /** What is carried out for the model of this name; undefined when nobody answers for it. Absent: nothing. */
  hostedTools?(name: string): readonly HostedToolKind[] | undefined
  /** What the model of this name can be shown besides text. Absent: every type that can be uploaded. */
  takes?(name: string): readonly ShownType[] | undefined
}
