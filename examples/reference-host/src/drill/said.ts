/** What a request to a model says, whichever of OpenAI's APIs it came by. */
export type Said =
  | { readonly kind: 'user' | 'assistant' | 'system'; readonly text: string }
  | { readonly kind: 'call'; readonly id: string; readonly name: string }
  | { readonly kind: 'result'; readonly id: string; readonly text: string }

interface Part {
  readonly text?: string
}
interface ResponsesItem {
  readonly type?: string
  readonly role?: string
  readonly content?: string | readonly Part[]
  readonly call_id?: string
  readonly name?: string
  readonly arguments?: string
  readonly output?: string | readonly Part[]
}
interface ChatMessage {
  readonly role?: string
  readonly content?: string | readonly Part[] | null
  readonly tool_call_id?: string
  readonly tool_calls?: readonly {
    readonly id: string
    readonly function: { readonly name: string; readonly arguments: string }
  }[]
}
interface Tool {
  readonly name?: string
  readonly function?: { readonly name: string }
}

/** As much of the bodies of both APIs as is read here. */
export interface AskedBody {
  readonly model?: string
  readonly stream?: boolean
  readonly store?: boolean
  readonly instructions?: string
  readonly input?: readonly ResponsesItem[]
  readonly messages?: readonly ChatMessage[]
  readonly tools?: readonly Tool[]
}

/** A request that OpenAI would answer 400. */
export class Malformed extends Error {
  override readonly name = 'Malformed'
}

const textOf = (content: string | readonly Part[] | null | undefined): string =>
  typeof content === 'string' ? content : (content ?? []).map(({ text = '' }) => text).join('\n')

const speakers = new Map([
  ['user', 'user'],
  ['assistant', 'assistant'],
  ['system', 'system'],
  ['developer', 'system'],
] as const) as ReadonlyMap<string | undefined, 'user' | 'assistant' | 'system'>

export const toolsOf = ({ tools = [] }: AskedBody): readonly string[] =>
  tools.map((tool) => tool.name ?? tool.function?.name ?? '')

/** @throws Malformed as strictly as the Responses API: each call has one result, each result one call before it. */
export function saidToResponses({ input = [] }: AskedBody): readonly Said[] {
  const said = input.map((item): Said => {
    const { type = 'message', call_id: id = '', name = '' } = item
    if (type === 'function_call') return { kind: 'call', id, name: parsedCall(name, item.arguments) }
    if (type === 'function_call_output') return { kind: 'result', id, text: textOf(item.output) }
    const kind = speakers.get(item.role)
    if (type !== 'message' || !kind) throw new Malformed(`Unknown item: ${type} ${item.role}`)
    return { kind, text: textOf(item.content) }
  })
  const open = new Set<string>()
  const seen = new Set<string>()
  for (const each of said) {
    if (each.kind === 'call') {
      if (each.id === '' || seen.has(each.id)) throw new Malformed(`Duplicate or empty call id "${each.id}"`)
      seen.add(each.id)
      open.add(each.id)
    }
    if (each.kind === 'result' && !open.delete(each.id))
      throw new Malformed(`No tool call found for function call output with call_id ${each.id}`)
  }
  if (open.size > 0) throw new Malformed(`No tool output found for function call ${[...open].join()}`)
  return said
}

/** @throws Malformed as strictly as chat completions: the results of a message's calls follow it at once, each once. */
export function saidToChat({ messages = [] }: AskedBody): readonly Said[] {
  let open = new Set<string>()
  return messages.flatMap((message): readonly Said[] => {
    const { role, content, tool_calls: calls = [], tool_call_id: id = '' } = message
    if (role === 'tool') {
      if (!open.delete(id)) throw new Malformed(`'tool' must follow a message with 'tool_calls': ${id}`)
      return [{ kind: 'result', id, text: textOf(content) }]
    }
    if (open.size > 0)
      throw new Malformed(`tool_call_ids did not have response messages: ${[...open].join()}`)
    const kind = speakers.get(role)
    if (!kind) throw new Malformed(`Unknown role: ${role}`)
    open = new Set(calls.map((call) => call.id))
    if (open.size !== calls.length) throw new Malformed('Duplicate tool_call ids')
    const text = textOf(content)
    return [
      ...(text === '' ? [] : [{ kind, text }]),
      ...calls.map(({ id: callId, function: called }): Said => {
        const name = parsedCall(called.name, called.arguments)
        return { kind: 'call', id: callId, name }
      }),
    ]
  })
}

/** @throws Malformed when what it is called with is no JSON. */
function parsedCall(name: string, json: string | undefined): string {
  try {
    JSON.parse(json ?? '')
  } catch {
    throw new Malformed(`Invalid arguments of ${name}: ${json}`)
  }
  return name
}

/** What the user wants last, and what came of the last tool that was called for it but handoffs; null before one was. */
export function turnOf(said: readonly Said[]): { readonly wish: string; readonly result: string | null } {
  const [first, ...rest] = said.slice(said.findLastIndex(({ kind }) => kind === 'user'))
  const names = new Map(rest.flatMap((each) => (each.kind === 'call' ? [[each.id, each.name]] : [])))
  const result = rest.findLast(
    (each) => each.kind === 'result' && names.get(each.id)?.startsWith('transfer_to_') === false,
  )
  return {
    wish: first?.kind === 'user' ? first.text : '',
    result: result?.kind === 'result' ? result.text : null,
  }
}
