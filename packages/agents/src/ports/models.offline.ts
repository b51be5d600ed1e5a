import { newId } from '@corbel/core'
import { type Model, type ModelRequest, type StreamEvent, Usage } from '@openai/agents-core'
import type { Models } from './models.ts'
import { decideOffline } from './offline-decision.ts'

export interface OfflineModelsOptions {
  /** Milliseconds between two words, as if somebody thought. @default 10 */
  readonly pauseMs?: number
}

/**
 * Answers without any model: it calls the tool, or hands over to the agent, whose name or description the message mentions, and says
 * what came of it. The same message has the same answer. Labelled, and refused by production.
 */
export function offlineModels({ pauseMs = 10 }: OfflineModelsOptions = {}): Models {
  const model: Model = {
    async getResponse(request) {
      const { output, usage, responseId } = answer(request)
      return { output, usage, responseId }
    },
    async *getStreamedResponse(request) {
      const { output, text, usage, responseId, messageId } = answer(request)
      yield { type: 'response_started' }
      for (const delta of text.match(/\S+\s*|\s+/g) ?? []) {
        request.signal?.throwIfAborted()
        await new Promise((resolve) => setTimeout(resolve, pauseMs))
        yield { type: 'output_text_delta', delta, itemId: messageId }
      }
      request.signal?.throwIfAborted()
      const { inputTokens, outputTokens, totalTokens } = usage
      yield {
        type: 'response_done',
        response: { id: responseId, output, usage: { requests: 1, inputTokens, outputTokens, totalTokens } },
      }
    },
  }
  return {
    adapter: {
      name: 'offline',
      standIn: { setting: 'OPENAI_API_KEY', fix: 'Set OPENAI_API_KEY, so that a model answers.' },
    },
    model: async () => model,
    check: async () => {},
  }
}

type Output = Extract<StreamEvent, { readonly type: 'response_done' }>['response']['output']

function answer(request: ModelRequest) {
  const decision = decideOffline(request)
  const messageId = newId('msg')
  const text = decision.kind === 'say' ? decision.text : ''
  const output: Output =
    decision.kind === 'say'
      ? [
          {
            type: 'message',
            id: messageId,
            role: 'assistant',
            status: 'completed',
            content: [{ type: 'output_text', text }],
          },
        ]
      : [
          {
            type: 'function_call',
            id: newId('fc'),
            callId: newId('call'),
            name: decision.name,
            status: 'completed',
            arguments: JSON.stringify(decision.arguments),
          },
        ]
  // Four characters to a token is what providers advise to reckon with.
  const inputTokens = Math.ceil(JSON.stringify(request.input).length / 4)
  const outputTokens = Math.ceil(JSON.stringify(output).length / 4)
  const usage = new Usage({
    requests: 1,
    inputTokens,
    outputTokens,
    totalTokens: inputTokens + outputTokens,
  })
  return { output, text, usage, responseId: newId('resp'), messageId }
}
