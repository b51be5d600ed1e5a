import type { AgentInputItem, ModelRequest, SerializedTool } from '@openai/agents-core'
import { textOf } from '../conversations/message.ts'

export type OfflineDecision =
  | { readonly kind: 'say'; readonly text: string }
  | {
      readonly kind: 'call'
      readonly name: string
      readonly arguments: Readonly<Record<string, unknown>>
    }

const label = '[offline model]'

/** What the offline model does next: looks at what was said last, and at what it may call. */
export function decideOffline({ input, tools, handoffs }: ModelRequest): OfflineDecision {
  const items: readonly AgentInputItem[] = typeof input === 'string' ? [userMessage(input)] : input
  const lastUser = items.findLastIndex((item) => 'role' in item && item.role === 'user')
  const said = textOf(items[lastUser] ?? userMessage(''))
  const results = items
    .slice(lastUser + 1)
    .flatMap((item) => (item.type === 'function_call_result' ? [item] : []))
    .filter(({ name }) => !name.startsWith(handoffPrefix))
  if (results.length > 0) {
    const shown = results.map(({ name, output }) => `${name} says ${shownOutput(output)}`)
    return { kind: 'say', text: `${label} ${shown.join('; ')}.` }
  }
  const candidates = [
    ...tools.flatMap(functionsOf),
    ...handoffs.map(({ toolName, toolDescription }) => ({
      name: toolName,
      // The name of an agent weighs as much as three words of what is said about it.
      score: 3 * mentions(said, toolName.slice(handoffPrefix.length)) + mentions(said, toolDescription),
      parameters: {},
    })),
  ].map(({ name, parameters, ...candidate }) => ({
    name,
    parameters,
    score: said.includes(`/${name}`)
      ? Number.POSITIVE_INFINITY
      : 'score' in candidate
        ? candidate.score
        : 2 * mentions(said, name),
  }))
  const best = candidates.toSorted((a, b) => b.score - a.score)[0]
  if (best !== undefined && best.score > 0)
    return { kind: 'call', name: best.name, arguments: argumentsFrom(said, best.parameters) }
  return {
    kind: 'say',
    text: `${label} You said: ${said}. No model is configured, so this answer is made up by rules; set OPENAI_API_KEY to talk to one.`,
  }
}

const handoffPrefix = 'transfer_to_'

const userMessage = (content: string): AgentInputItem => ({ type: 'message', role: 'user', content })

const functionsOf = (tool: SerializedTool) =>
  tool.type === 'function' ? [{ name: tool.name, parameters: tool.parameters as object }] : []

const shownOutput = (output: unknown): string =>
  typeof output === 'string'
    ? output
    : typeof output === 'object' && output !== null && 'text' in output
      ? String(output.text)
      : JSON.stringify(output)

const wordsOf = (text: string): ReadonlySet<string> => new Set(text.toLowerCase().match(/[\p{L}\d]{4,}/gu))

/** How many words of at least four letters the two have in common. */
function mentions(said: string, about: string): number {
  const words = wordsOf(said)
  return [...wordsOf(about.replaceAll(/[_-]/g, ' '))].filter((word) => words.has(word)).length
}

interface Schema {
  readonly type?: string
  readonly enum?: readonly string[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
}

/** Arguments for a call: the JSON object in the message, or its numbers and texts in the places that take them. */
function argumentsFrom(said: string, parameters: object): Readonly<Record<string, unknown>> {
  const [json] = /\{.*\}/s.exec(said) ?? []
  const given = json === undefined ? null : parsed(json)
  const { properties = {} } = parameters as Schema
  const isMeant = given !== null && Object.keys(given).every((key) => key in properties)
  if (isMeant) return given
  return Object.fromEntries(Object.entries(properties).map(([key, schema]) => [key, valueFrom(said, schema)]))
}

function valueFrom(said: string, schema: Schema): unknown {
  const numbers = (said.match(/-?\d+(?:\.\d+)?/g) ?? []).map(Number)
  if (schema.enum) return schema.enum.find((option) => said.includes(option)) ?? schema.enum[0]
  switch (schema.type) {
    case 'number':
    case 'integer':
      return numbers[0] ?? 0
    case 'boolean':
      return true
    case 'array':
      return schema.items?.type === 'number' ? numbers : [valueFrom(said, schema.items ?? {})]
    case 'object':
      return {}
    default:
      return (/"([^"]+)"/.exec(said)?.[1] ?? /:\s*(.+)$/s.exec(said)?.[1] ?? said).slice(0, 500)
  }
}

function parsed(json: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null ? { ...value } : null
  } catch {
    return null
  }
}
