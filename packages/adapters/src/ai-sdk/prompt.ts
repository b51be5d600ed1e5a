import type { LanguageModelV4Message, LanguageModelV4Prompt, SharedV4ProviderOptions } from '@ai-sdk/provider'
import type { ItemContent } from '@corbel/agents/ports'

type Fields = Readonly<Record<string, unknown>>
type Part<Role extends string> = Extract<
  Extract<LanguageModelV4Message, { readonly role: Role }>['content'],
  readonly unknown[]
>[number]

/** What was said and done, as the AI SDK tells it: what one side did in a row is one message. */
export function toPrompt(
  instructions: string | undefined,
  input: string | readonly ItemContent[],
): LanguageModelV4Prompt {
  const prompt: LanguageModelV4Prompt = instructions ? [{ role: 'system', content: instructions }] : []
  const items =
    typeof input === 'string' ? [{ type: 'message', role: 'user', content: input } as const] : input
  for (const item of items) {
    const next = toMessage(item)
    const last = prompt.at(-1)
    if (!next || next.content.length === 0) continue
    if (last?.role === next.role && last.role !== 'system')
      (last.content as unknown[]).push(...(next.content as unknown[]))
    else prompt.push(next)
  }
  return prompt
}

/** Null for what only the provider can read that said it. */
function toMessage(item: ItemContent): LanguageModelV4Message | null {
  if (item.type === 'function_call') {
    const providerOptions = item.providerData as SharedV4ProviderOptions | undefined
    const call = { toolCallId: item.callId, toolName: item.name, input: parsed(item.arguments) }
    return {
      role: 'assistant',
      content: [{ type: 'tool-call', ...call, ...(providerOptions && { providerOptions }) }],
    }
  }
  if (item.type === 'function_call_result') {
    const { callId: toolCallId, name: toolName, output } = item
    const value = typeof output === 'string' ? output : textOf(output)
    return {
      role: 'tool',
      content: [{ type: 'tool-result', toolCallId, toolName, output: { type: 'text', value } }],
    }
  }
  if (!('role' in item)) return null
  const parts = typeof item.content === 'string' ? [{ type: 'input_text', text: item.content }] : item.content
  switch (item.role) {
    case 'user':
      return { role: 'user', content: parts.flatMap((part) => userPart(part as Fields)) }
    case 'assistant':
      return {
        role: 'assistant',
        content: [parts].flat().flatMap((part): Part<'assistant'>[] => {
          const { text, refusal } = part as Fields
          const said = text ?? refusal
          return typeof said === 'string' ? [{ type: 'text', text: said }] : []
        }),
      }
    default:
      return null
  }
}

function userPart(part: Fields): Part<'user'>[] {
  const { type, text, image, file, filename } = part
  if (type === 'input_text' && typeof text === 'string') return [{ type: 'text', text }]
  const source = image ?? file
  const [, mediaType, data] =
    (typeof source === 'string' && /^data:([^;,]+);base64,(.+)$/s.exec(source)) || []
  if (mediaType === undefined || data === undefined) return []
  const name = typeof filename === 'string' && { filename }
  return [{ type: 'file', mediaType, data: { type: 'data', data }, ...name }]
}

const textOf = (output: unknown): string =>
  [output]
    .flat()
    .map((part) => (part as Fields)['text'])
    .filter((text) => typeof text === 'string')
    .join('\n')

/** A model may have written anything; the tool that refused it has said so. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return {}
  }
}
