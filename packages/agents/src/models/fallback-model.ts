import type { Model } from '@openai/agents-core'

/** Tries models in order; once one has said something, its failure is final, for the user has seen a part. */
export function fallbackModel(models: readonly [Model, ...Model[]]): Model {
  const [first, ...others] = models
  if (others.length === 0) return first
  return {
    async getResponse(request) {
      let failure: unknown
      for (const model of models) {
        try {
          return await model.getResponse(request)
        } catch (error) {
          request.signal?.throwIfAborted()
          failure = error
        }
      }
      throw failure
    },
    async *getStreamedResponse(request) {
      let failure: unknown
      for (const model of models) {
        let hasBegun = false
        try {
          for await (const event of model.getStreamedResponse(request)) {
            // That a provider accepted the request is not yet a word of its answer.
            if (event.type === 'output_text_delta' || event.type === 'response_done') hasBegun = true
            if (hasBegun) yield event
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
    },
  }
}

export const modelFellSilent = 'The model ended its answer before it was complete.'
