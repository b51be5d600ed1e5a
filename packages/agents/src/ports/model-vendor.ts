import type { Secret } from '@corbel/core'
import type { Model } from '@openai/agents-core'
import type { ShownType } from '../files/file-type.ts'
import type { HostedToolKind } from '../tools/hosted-tool.ts'
import type { ModelProvider } from '../provider-settings/provider-setting.ts'

/** Whose account pays, and where it is. */
export interface ModelCredentials {
  readonly apiKey: Secret
  /** Null for the vendor's own. */
  readonly baseUrl: string | null
}

/** What one key opens. */
export interface ModelConnection {
  /** A call that fails throws an error with the vendor's `status`, where it answered with one. */
  model(name: string): Model
  /** What the vendor carries out for its models. @default nothing */
  readonly hostedTools?: readonly HostedToolKind[]
  /** What its models can be shown besides text. @default every type that can be uploaded */
  readonly takes?: readonly ShownType[]
  /** Names of the models that the key may use, at most 1000. Rejects when the vendor refuses the key. */
  listModels(signal: AbortSignal): Promise<readonly string[]>
}

/**
 * A vendor of models. A connection sends its own credentials and nothing of the environment, to its own address and no other, tries
 * nothing twice and leaves nothing with the vendor beyond the call.
 */
export interface ModelVendor {
  readonly provider: ModelProvider
  /** What its connections carry out for their models. @default nothing */
  readonly hostedTools?: readonly HostedToolKind[]
  /** Connects to nothing yet. */
  connect(credentials: ModelCredentials): ModelConnection
}
