import type { Duration, Id } from '@corbel/core'
import type { DomainEvent } from '@corbel/core/ports'
import * as z from 'zod'
import type { JsonObjectSchema } from './mcp-schema.ts'
import type { AgentRunId, ConversationId } from '../ports/conversation-items.ts'

/**
 * What a tool does to the world: `read` looks something up, `write` changes something of the tenant's, `egress` tells or asks
 * somebody outside.
 */
export const ToolEffect = z.enum(['read', 'write', 'egress'])
export type ToolEffect = z.infer<typeof ToolEffect>

/** Whom a run works for, as they are now. */
export interface Caller {
  readonly tenantId: Id<'ten'>
  readonly userId: Id<'usr'>
  readonly scopes: ReadonlySet<string>
}

/** One call of a tool. */
export interface ToolCall {
  readonly caller: Caller
  readonly conversationId: ConversationId
  readonly runId: AgentRunId
  /** Names this call, the same after a pause: the key under which to do a thing once elsewhere. */
  readonly callId: string
  /** Aborted when the run is cancelled or the time of the tool is up. */
  readonly signal: AbortSignal
  /** Records events, in a transaction of their own: what is to leave the system leaves as one, and is delivered afterwards. */
  record(...events: readonly DomainEvent[]): Promise<void>
}

type Approval<Arguments> = 'never' | 'always' | { when(args: Arguments, caller: Caller): boolean }

export interface Tool<S extends z.ZodObject = z.ZodObject> {
  /** As the model knows it; once in the stack. */
  readonly name: string
  /** Tells the model when to use it. */
  readonly description: string
  readonly parameters: S
  readonly effect: ToolEffect
  /** Permissions that the caller must have, all of them: else the agent does not know the tool. @default none */
  readonly scopes?: readonly string[]
  /** What it is about, for people who look through the tools. @default none */
  readonly capabilities?: readonly string[]
  /** Whether every agent has it without naming it. @default false */
  readonly core?: boolean
  /**
   * Whether what it returns is the platform's own and nobody else could have put words into it. After any other result, tools that
   * write or send need an approval. @default false
   */
  readonly trusted?: boolean
  /** Whether a person must agree to each call. @default 'never' */
  readonly approval?: Approval<z.output<S>>
  /** Time for one call. @default '30s' */
  readonly timeout?: Duration
  /** Returns plain JSON or text for the model. What it throws is told to the model as a failure without its message. */
  execute(args: z.output<S>, call: ToolCall): Promise<unknown>
}

/** A tool within a run. Those of servers have a schema that came as JSON. */
export interface RunTool extends Tool {
  readonly jsonSchema?: JsonObjectSchema
}

// What the strictest provider takes: OpenAI's rule for the names of functions.
const nameForm = /^[a-zA-Z0-9_-]{1,64}$/

/** Prefix of the tools that stand for handoffs. */
export const handoffPrefix = 'transfer_to_'

export const isToolName = (name: string): boolean => nameForm.test(name) && !name.startsWith(handoffPrefix)

/**
 * Declares a tool. Inert: an agent that lists it may call it.
 *
 * @throws TypeError when the name is not one that models take.
 */
export function defineTool<S extends z.ZodObject>(tool: Tool<S>): Tool<S> {
  if (!isToolName(tool.name)) {
    throw new TypeError(
      `"${tool.name}" is no name for a tool. Use up to 64 letters, digits, _ and -, and do not begin with ${handoffPrefix}.`,
    )
  }
  return tool
}

/** A tool as people see it. */
export const ToolView = z.object({
  name: z.string(),
  description: z.string(),
  effect: ToolEffect,
  scopes: z.array(z.string()).readonly(),
  capabilities: z.array(z.string()).readonly(),
  core: z.boolean(),
  approval: z.enum(['never', 'sometimes', 'always']),
  agents: z.array(z.string()).readonly(),
  parameters: z.record(z.string(), z.unknown()).describe('JSON Schema of what it is called with.'),
})
export type ToolView = z.infer<typeof ToolView>

export const toToolView = (tool: Tool, agents: readonly string[]): ToolView => ({
  name: tool.name,
  description: tool.description,
  effect: tool.effect,
  scopes: tool.scopes ?? [],
  capabilities: tool.capabilities ?? [],
  core: tool.core ?? false,
  approval: typeof tool.approval === 'object' ? 'sometimes' : (tool.approval ?? 'never'),
  agents,
  parameters: z.toJSONSchema(tool.parameters),
})
