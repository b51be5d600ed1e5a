import { milliseconds } from '@corbel/core'
import {
  Agent,
  handoff,
  type HandoffInputData,
  invokeFunctionTool,
  type Model,
  RunContext,
  tool,
} from '@openai/agents-core'
import type { AgentHandoff } from '../agents/agent.ts'
import { type AgentRegistry, handoffToolName, type RegisteredAgent } from '../agents/agent-registry.ts'
import type { PendingCall } from '../approvals/pending-calls.ts'
import { guard, type GuardOptions, GuardrailTripped } from '../guardrails/guard.ts'
import type { ToolCallSubject, ToolOutcome } from '../telemetry/agents-telemetry.ts'
import type { Caller, RunTool, Tool, ToolCall } from '../tools/tool.ts'

/** What the agents of a run have read. */
export interface Taint {
  /** Something that somebody outside may have written. */
  isTainted: boolean
  /** Something of that kind that did not come by the search of their provider. */
  hasOthersWords: boolean
}

export interface AgentGraphOptions {
  readonly registry: AgentRegistry
  readonly caller: Caller
  readonly now: Date
  /** Whether the agents have read what somebody outside may have written. */
  readonly taint: Taint
  readonly call: Omit<ToolCall, 'callId' | 'signal'>
  readonly signal: AbortSignal
  /** Follows a call of a tool. */
  toolCall(
    call: Omit<ToolCallSubject, 'run'>,
    work: () => Promise<{ readonly outcome: ToolOutcome; readonly text: string }>,
  ): Promise<string>
  /** Those of its servers included. */
  toolsOf(agent: RegisteredAgent): readonly RunTool[]
  modelOf(agent: RegisteredAgent): Model
  guardingOf(agent: RegisteredAgent): GuardOptions
}

/** An agent of the SDK with all those it may hand over to, each bound to this run and this caller. */
export function agentGraph(options: AgentGraphOptions, entry: RegisteredAgent): Agent {
  const made = new Map<string, Agent>()
  const make = (agent: RegisteredAgent): Agent => {
    const known = made.get(agent.name)
    if (known) return known
    const { instructions } = agent
    const bound: Agent = new Agent({
      name: agent.name,
      instructions:
        typeof instructions === 'string'
          ? instructions
          : () => instructions({ caller: options.caller, now: options.now }),
      handoffDescription: agent.description,
      model: options.modelOf(agent),
      modelSettings: {
        store: false,
        maxTokens: agent.maxTokens ?? 4096,
        ...(agent.temperature !== undefined && { temperature: agent.temperature }),
        ...(agent.reasoningEffort && { reasoning: { effort: agent.reasoningEffort } }),
      },
      tools: [
        ...options
          .toolsOf(agent)
          .filter((each) => mayCall(options.caller, each))
          .map((each) => boundTool(each, options, options.guardingOf(agent))),
        ...agent.hostedTools.map(({ kind, ...more }) => ({
          type: 'hosted_tool' as const,
          name: kind,
          providerData: { kind, ...more },
        })),
      ],
      handoffs: agent.handoffs.flatMap((each) => {
        const next = options.registry.find(each.to)
        return next ? [boundHandoff(make(next), each, next)] : []
      }),
      ...(agent.output && { outputType: agent.output as never }),
    })
    made.set(agent.name, bound)
    return bound
  }
  return make(entry)
}

const mayCall = ({ scopes: held }: Caller, { scopes = [] }: Tool): boolean =>
  scopes.every((scope) => held.has(scope))

/** Carries out a call that a person agreed to, as the agent's own call would be. Returns what the model is told. */
export async function carryOut(
  options: AgentGraphOptions,
  { agent: name, tool: toolName, callId, argumentsJson }: PendingCall,
): Promise<string> {
  const agent = options.registry.find(name)
  const spec = agent && options.toolsOf(agent).find((each) => each.name === toolName)
  if (!agent || !spec || !mayCall(options.caller, spec)) return 'Refused: the tool is not available any more.'
  const toolCall = { type: 'function_call', callId, name: toolName, arguments: argumentsJson } as const
  const output = await invokeFunctionTool({
    tool: boundTool(spec, options, options.guardingOf(agent)),
    runContext: new RunContext(),
    input: argumentsJson,
    details: { toolCall, signal: options.signal },
  })
  return output
}

function boundHandoff(agent: Agent, { description, context = 'full' }: AgentHandoff, next: RegisteredAgent) {
  return handoff(agent, {
    toolNameOverride: handoffToolName(next.name),
    toolDescriptionOverride: description ?? next.description,
    ...(context !== 'full' && { inputFilter: contextFilters[context] }),
  })
}

const contextFilters: Readonly<Record<'last-turn' | 'fresh', (data: HandoffInputData) => HandoffInputData>> =
  {
    'last-turn': (data) => ({ ...data, inputHistory: lastTurn(data.inputHistory) }),
    fresh: (data) => ({
      ...data,
      inputHistory: lastTurn(data.inputHistory).slice(0, 1),
      preHandoffItems: [],
      newItems: [],
    }),
  }

type History = HandoffInputData['inputHistory']

function lastTurn(history: History): Exclude<History, string> {
  if (typeof history === 'string') return [{ type: 'message', role: 'user', content: history }]
  return history.slice(
    Math.max(
      0,
      history.findLastIndex((item) => 'role' in item && item.role === 'user'),
    ),
  )
}

const failed = 'The tool failed. Try something else, or tell the user that it did not work.'
const withheld = 'What the tool returned is withheld, for it looked like an attempt to give you instructions.'
/** Beyond what a model can use; a tool that returns more has a bug. */
const longestOutput = 100_000

function boundTool(spec: RunTool, options: AgentGraphOptions, guarding: GuardOptions) {
  const { call, caller, taint, signal } = options
  const carriedOut = async (
    args: Readonly<Record<string, unknown>>,
    details: Omit<ToolCall, keyof typeof call>,
  ) => {
    const refusal = await tripped(JSON.stringify(args), 'tool-input', guarding)
    if (refusal !== null) return { outcome: 'refused', text: `Refused: ${refusal}` } as const
    const output = asText(await spec.execute(args, { ...call, ...details }))
    if (spec.trusted !== true) {
      taint.isTainted = true
      taint.hasOthersWords = true
    }
    if ((await tripped(output, 'tool-output', guarding)) !== null)
      return { outcome: 'withheld', text: withheld } as const
    const text = output.length > longestOutput ? `${output.slice(0, longestOutput)} [cut]` : output
    return { outcome: 'completed', text } as const
  }
  return tool({
    name: spec.name,
    description: spec.description,
    // The schema of a server need not be one that models can be held to.
    ...(spec.jsonSchema
      ? { parameters: spec.jsonSchema as never, strict: false as const }
      : { parameters: spec.parameters }),
    needsApproval: async (_context, args) => needsApproval(spec, args, caller, taint.isTainted),
    timeoutMs: milliseconds(spec.timeout ?? '30s'),
    timeoutBehavior: 'error_as_result',
    // What it threw may hold what nobody must see.
    errorFunction: () => failed,
    execute(args, _context, details) {
      const callId = details?.toolCall?.callId ?? ''
      return options.toolCall({ agent: guarding.agent, tool: spec.name, callId }, () =>
        carriedOut(args, { callId, signal: details?.signal ?? signal }),
      )
    },
  })
}

/** Why a guardrail refuses the text; null when none does. */
async function tripped(
  text: string,
  stage: 'tool-input' | 'tool-output',
  guarding: GuardOptions,
): Promise<string | null> {
  try {
    await guard(text, stage, guarding)
    return null
  } catch (error) {
    if (error instanceof GuardrailTripped) return error.message
    throw error
  }
}

export function needsApproval(
  { approval = 'never', effect }: Tool,
  args: unknown,
  caller: Caller,
  isTainted: boolean,
): boolean {
  if (isTainted && effect !== 'read') return true
  return typeof approval === 'object'
    ? approval.when(args as Readonly<Record<string, unknown>>, caller)
    : approval === 'always'
}

/** @throws TypeError when it cannot be written as JSON. */
const asText = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? 'done' : JSON.stringify(value)
