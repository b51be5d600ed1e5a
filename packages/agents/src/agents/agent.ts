import * as z from 'zod'
import type { Guardrail } from '../guardrails/guardrail.ts'
import type { GuardrailPreset } from '../guardrails/presets.ts'
import type { McpServer } from '../tools/mcp-server.ts'
import { type HostedTool, hostedToolKinds } from '../tools/hosted-tool.ts'
import type { Caller, Tool } from '../tools/tool.ts'

/** Which setting names the model: `AGENT_MODEL_DEFAULT`, or `AGENT_MODEL_<TIER>` where that is set. */
export const modelTiers = ['default', 'triage', 'code', 'data'] as const
export type ModelTier = (typeof modelTiers)[number]

export const ReasoningEffort = z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh'])
export type ReasoningEffort = z.infer<typeof ReasoningEffort>

export interface AgentHandoff {
  /** Name of the agent that takes over. */
  readonly to: string
  /** Tells the model when to hand over. @default the description of that agent */
  readonly description?: string
  /**
   * What the next agent is told of the conversation: everything, what was said since the last message of the user, or that message
   * alone. @default 'full'
   */
  readonly context?: 'full' | 'last-turn' | 'fresh'
}

/** What instructions may say about the run. */
export interface InstructionContext {
  readonly caller: Caller
  readonly now: Date
}

export interface AgentMemory {
  /** The newest items, those and a summary of the rest, or nothing. @default 'window' */
  readonly mode?: 'window' | 'summary' | 'none'
  /** Most items. @default 40 */
  readonly items?: number
  /** Most tokens, but for the turn that is under way. @default 24,000 */
  readonly tokens?: number
}

export interface Agent {
  /** Once in the stack; kept in conversations and pending approvals, so never changed lightly. */
  readonly name: string
  readonly title: string
  /** One sentence, for people, and for agents that may hand over to it. */
  readonly description: string
  readonly instructions: string | ((context: InstructionContext) => string)
  /** A tier, or the name of a model. @default 'default' */
  readonly model?: ModelTier | { readonly name: string }
  /** Between 0 and 2. @default the model's own */
  readonly temperature?: number
  /** @default the model's own */
  readonly reasoningEffort?: ReasoningEffort
  /** Most tokens of one answer of the model. @default 4096 */
  readonly maxTokens?: number
  /** Besides the core tools. @default none */
  readonly tools?: readonly Tool[]
  /** Servers whose tools it has, as far as their declarations name them. @default none */
  readonly mcpServers?: readonly McpServer[]
  /** What its model's provider carries out by itself. @default none */
  readonly hostedTools?: readonly HostedTool[]
  /** @default none */
  readonly handoffs?: readonly AgentHandoff[]
  /** What it is told of what was said before, unless the conversation says otherwise. */
  readonly memory?: AgentMemory
  /** What is checked, whether it is asked first or takes over. @default 'standard' */
  readonly guardrails?: GuardrailPreset | readonly Guardrail[]
  /** What its final answer looks like. @default text */
  readonly output?: z.ZodObject
}

const nameForm = /^[a-z][a-z0-9_]{0,47}$/

/**
 * Declares an agent. Inert: `agents({ agents: [...] })` brings it to life.
 *
 * @throws TypeError when the name is not of lower-case letters, digits and _.
 */
export function defineAgent(agent: Agent): Agent {
  if (!nameForm.test(agent.name))
    throw new TypeError(`"${agent.name}" is no name for an agent. Use up to 48 of a-z, 0-9 and _.`)
  return agent
}

/** An agent as people see it; its instructions stay inside. */
export const AgentView = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  model: z.string(),
  isDefault: z.boolean().describe('Whether it is the one that is asked when nobody says which.'),
  tools: z.array(z.string()).readonly(),
  mcpServers: z.array(z.string()).readonly().describe('Servers whose tools it has.'),
  hostedTools: z
    .array(z.enum(hostedToolKinds))
    .readonly()
    .describe('What the provider of its model carries out.'),
  handoffs: z.array(z.string()).readonly(),
  guardrails: z.array(z.string()).readonly(),
})
export type AgentView = z.infer<typeof AgentView>

export const AgentStatus = z.object({
  name: z.string(),
  status: z.enum(['ready', 'offline']).describe('Offline: a stand-in answers, for no model is configured.'),
  provider: z.string(),
  model: z.string(),
})
export type AgentStatus = z.infer<typeof AgentStatus>
