import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from '@ai-sdk/provider'
import type { ModelConnection } from '@corbel/agents/ports'
import { toPrompt } from './prompt.ts'

type Model = ReturnType<ModelConnection['model']>
type Request = Parameters<Model['getStreamedResponse']>[0]
type Event = ReturnType<Model['getStreamedResponse']> extends AsyncIterable<infer E> ? E : never
type Output = Extract<Event, { readonly type: 'response_done' }>['response']['output']
type Finish = Extract<LanguageModelV4StreamPart, { readonly type: 'finish' }>

export interface AiSdkModelOptions {
  /**
   * Whether the vendor signs its calls of tools and wants the signatures back, as Gemini does. They stay with the calls.
   *
   * @default false
   */
  readonly signed?: boolean
  /** Whether an effort of reasoning is passed on. @default true */
  readonly reasoning?: boolean
}

/** A language model of the AI SDK, as agents talk to it. Errors have the vendor's `status`. */
export const aiSdkModel = (
  model: LanguageModelV4,
  { signed = false, reasoning = true }: AiSdkModelOptions = {},
): Model => ({
  getResponse: () => Promise.reject(new Error('Runs are streamed.')),
  async *getStreamedResponse(request) {
    const { stream } = await model.doStream(toOptions(request, reasoning)).then(null, rethrow)
    let output: Output = []
    let said = ''
    let id = ''
    let finish: Finish | null = null
    for await (const part of stream) {
      switch (part.type) {
        case 'stream-start':
          yield { type: 'response_started' }
          break
        case 'response-metadata':
          id = part.id ?? id
          break
        case 'text-delta':
          said += part.delta
          yield { type: 'output_text_delta', delta: part.delta }
          break
        case 'tool-call': {
          const { toolCallId: callId, toolName: name, input, providerMetadata } = part
          const call = { type: 'function_call', callId, name, arguments: input || '{}' } as const
          const providerData = signed && providerMetadata ? { providerData: providerMetadata } : {}
          output = [...output, { ...call, status: 'completed', ...providerData }]
          break
        }
        case 'error':
          rethrow(part.error)
          break
        case 'finish':
          finish = part
          break
        default:
      }
    }
    // Some clients tell of an end whenever the connection ends: without the vendor's own word it is none.
    if (finish?.finishReason.raw === undefined || finish.finishReason.unified === 'error') return
    const content = [{ type: 'output_text', text: said }] as const
    if (said !== '')
      output = [{ type: 'message', role: 'assistant', status: 'completed', content: [...content] }, ...output]
    yield { type: 'response_done', response: { id, output, usage: toUsage(finish.usage) } }
  },
})

function toOptions(request: Request, withReasoning: boolean): LanguageModelV4CallOptions {
  const { modelSettings, outputType, tools, handoffs, signal } = request
  const { temperature, topP, maxTokens, toolChoice, reasoning } = modelSettings
  const functions = tools.map((tool) => {
    if (tool.type !== 'function')
      throw new TypeError(`The provider has no tool of the kind "${tool.type}". Take it from the agent.`)
    const { name, description, parameters, strict } = tool
    return { type: 'function', name, description, inputSchema: parameters, strict } as const
  })
  const ways = handoffs.map(
    ({ toolName: name, toolDescription: description, inputJsonSchema, strictJsonSchema: strict }) =>
      ({ type: 'function', name, description, inputSchema: inputJsonSchema, strict }) as const,
  )
  return {
    prompt: toPrompt(request.systemInstructions, request.input),
    ...(functions.length + ways.length > 0 && { tools: [...functions, ...ways] as never }),
    ...(maxTokens !== undefined && { maxOutputTokens: maxTokens }),
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
    ...(toolChoice !== undefined && { toolChoice: toToolChoice(toolChoice) }),
    ...(withReasoning && reasoning?.effort && { reasoning: reasoning.effort }),
    ...(typeof outputType === 'object' && {
      responseFormat: { type: 'json', name: outputType.name, schema: outputType.schema as never },
    }),
    ...(signal && { abortSignal: signal }),
  }
}

const toToolChoice = (choice: string): NonNullable<LanguageModelV4CallOptions['toolChoice']> =>
  choice === 'auto' || choice === 'none' || choice === 'required'
    ? { type: choice }
    : { type: 'tool', toolName: choice }

function toUsage({ inputTokens: input, outputTokens: output }: LanguageModelV4Usage) {
  const [inputTokens, outputTokens] = [input.total ?? 0, output.total ?? 0]
  return {
    requests: 1,
    inputTokens,
    outputTokens,
    totalTokens: inputTokens + outputTokens,
    inputTokensDetails: { cached_tokens: input.cacheRead ?? 0 },
    outputTokensDetails: { reasoning_tokens: output.reasoning ?? 0 },
  }
}

/** The AI SDK calls the status otherwise. What the vendor said stays the cause. */
function rethrow(error: unknown): never {
  const status =
    typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : null
  throw Object.assign(new Error('The provider of the model failed.', { cause: error }), { status })
}
