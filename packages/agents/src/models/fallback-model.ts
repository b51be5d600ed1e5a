import type { ShownType } from '../files/file-type.ts'
import type { HostedToolKind } from '../tools/hosted-tool.ts'
import type { Model, ModelRequest, StreamEvent } from '@openai/agents-core'

/** A model that can be asked, and who answers for it. */
export interface OpenedModel {
  readonly name: string
  /** As `gen_ai.provider.name`. */
  readonly provider: string
  readonly model: Model
  /** What it can be shown besides text. */
  readonly takes: ReadonlySet<ShownType>
  /** What its provider carries out. */
  readonly hostedTools: ReadonlySet<HostedToolKind>
}

/** In the order in which they are tried. */
export type OpenedModels = readonly [OpenedModel, ...OpenedModel[]]

/**
 * Tries models in order; once one has said something, its failure is final, for the user has seen a part.
 *
 * @param requestTo - What each is asked, before it is: the last one is the one that answered, or failed last.
 */
export async function* streamedAnswer(
  models: OpenedModels,
  requestTo: (opened: OpenedModel) => ModelRequest,
): AsyncGenerator<StreamEvent> {
  let failure: unknown
  for (const opened of models) {
    let hasBegun = false
    const request = requestTo(opened)
    try {
      for await (const event of opened.model.getStreamedResponse(request)) {
        // That a provider accepted the request is not yet a word of its answer.
        if (event.type === 'output_text_delta' || event.type === 'response_done') hasBegun = true
        if (hasBegun || models.length === 1) yield event
      }
      if (hasBegun) return
      failure = new Error(modelFellSilent)
    } catch (error) {
      request.signal?.throwIfAborted()
      if (hasBegun) throw error
      failure = error
    }
  }
  throw failure
}

export const modelFellSilent = 'The model ended its answer before it was complete.'
