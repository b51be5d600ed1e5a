import type { Clock, Profile } from '@corbel/core'
import type { DomainEvent, Logger, ObjectStore } from '@corbel/core/ports'
import { Runner, type RunToolApprovalItem } from '@openai/agents-core'
import type { AgentRegistry, RegisteredAgent } from '../agents/agent-registry.ts'
import { ApprovalNeeded, type PendingCall, type PendingCalls } from '../approvals/pending-calls.ts'
import { attachmentsOf } from '../files/attachment.ts'
import { AttachmentReader } from '../files/attachment-reader.ts'
import type { FileService } from '../files/file-service.ts'
import { PictureFiles } from '../files/picture-files.ts'
import type { GuardOptions } from '../guardrails/guard.ts'
import { AgentModel } from '../models/agent-model.ts'
import { settleLostCall } from '../models/call-budget.ts'
import { modelsOf, type ModelSettingsValues } from '../models/model-names.ts'
import type { TenantModels } from '../models/tenant-models.ts'
import type { AgentRunRepository } from '../ports/agent-run-repository.ts'
import type { FileRepository } from '../ports/file-repository.ts'
import type { ItemContent } from '../ports/conversation-items.ts'
import type { Quota } from '../ports/quota.ts'
import type { McpRun, McpTools } from '../tools/mcp-tools.ts'
import { type Caller, handoffPrefix, type RunTool } from '../tools/tool.ts'
import type { AgentRunRecord } from '../ports/agent-run-repository.ts'
import { hostedCallIn } from '../tools/hosted-call.ts'
import type { AgentsTelemetry } from '../telemetry/agents-telemetry.ts'
import { agentGraph, type AgentGraphOptions, carryOut } from './agent-graph.ts'
import type { LiveRun } from './live-run.ts'
import { pairedItems } from '../memory/pairs.ts'
import type { RunningRuns } from './running-runs.ts'

export interface RunTurnsDeps {
  readonly agentRuns: AgentRunRepository
  readonly telemetry: AgentsTelemetry
  readonly tenantModels: TenantModels
  readonly quota: Quota
  readonly pendingCalls: PendingCalls
  readonly registry: AgentRegistry
  /** Absent when no agent has servers. */
  readonly mcpTools: McpTools | null
  readonly files: FileRepository
  readonly objectStore: ObjectStore
  readonly fileService: FileService
  readonly logger: Logger
  readonly running: RunningRuns
  readonly modelSettings: ModelSettingsValues
  readonly clock: Clock
  readonly profile: Profile
  /** Records events in a transaction of their own. */
  record(...events: readonly DomainEvent[]): Promise<void>
}

const maxTurns = 16

/** What the agents of a run say and do, one answer of a model after the other. */
export class RunTurns {
  readonly #deps: RunTurnsDeps
  readonly #runner = new Runner({
    // Spans of the SDK would go to whatever exporter the process has installed, prompts and all.
    tracingDisabled: true,
    traceIncludeSensitiveData: false,
    toolNotFoundBehavior: 'return_error_to_model',
    toolNameCollisionPolicy: 'error',
    reasoningItemIdPolicy: 'omit',
  })

  constructor(deps: RunTurnsDeps) {
    this.#deps = deps
  }

  /**
   * Until the agents have said their last word.
   *
   * @throws ApprovalNeeded, ApprovalExpired, BudgetSpent, GuardrailTripped, and whatever models throw.
   */
  async take(live: LiveRun): Promise<void> {
    const { registry } = this.#deps
    const { run, signal } = live
    const entry = registry.find(run.agent) ?? registry.defaultAgent
    live.agent = entry.name
    if (run.attempts > 1) await settleLostCall(this.#deps.quota, live.usage.calls)
    const mcp = this.#deps.mcpTools?.open(callerOf(run), signal)
    try {
      const options = this.#graphOptions(live, await openServers(live, registry.reachableFrom(entry), mcp))
      await this.#take(live, entry, options)
    } finally {
      mcp?.close()
    }
  }

  async #take(live: LiveRun, entry: RegisteredAgent, options: AgentGraphOptions): Promise<void> {
    const { agentRuns, running } = this.#deps
    const { run, recall, recorder, translator, signal } = live
    const settled = await this.#settle(live, options)
    const told = [...recall.preface, ...pairedItems([...recall.history, ...settled])]
    const result = await this.#runner.run(agentGraph(options, entry), told, {
      stream: true,
      maxTurns,
      signal,
    })
    for await (const event of result) {
      translator.take(event)
      if (event.type === 'agent_updated_stream_event' && event.agent.name !== live.agent) {
        live.agent = event.agent.name
        await agentRuns.handOver(run.tenantId, run.id, running.owner, live.agent)
      }
      if (event.type === 'run_item_stream_event' && event.item.rawItem?.type === 'function_call_result')
        await recorder.record([event.item.rawItem])
    }
    await result.completed
    signal.throwIfAborted()
    if (result.interruptions.length > 0) throw new ApprovalNeeded(result.interruptions.map(toPendingCall))
  }

  #graphOptions(live: LiveRun, serverTools: ServerTools): AgentGraphOptions {
    const { registry, tenantModels, modelSettings, clock, quota, profile, telemetry } = this.#deps
    const { run, recall, signal } = live
    const caller = callerOf(run)
    const guardingOf = (agent: RegisteredAgent): GuardOptions => ({
      guardrails: agent.guardrails,
      agent: agent.name,
      signal,
      failClosed: profile === 'production',
    })
    const upstreams = new Map<RegisteredAgent, AgentModel>()
    const open = tenantModels.ofRun(run.tenantId)
    const attachments = new AttachmentReader(this.#deps, caller)
    const hasOthersWords = recall.history.some((item) => this.#isUntrusted(item))
    const taint = { isTainted: hasOthersWords || recall.history.some(isSearchResult), hasOthersWords }
    const pictures = new PictureFiles(this.#deps, run)
    for (const agent of registry.list()) {
      const names = modelsOf(agent, modelSettings)
      const guarding = guardingOf(agent)
      const shared = { clock, quota, telemetry, live, attachments, taint, pictures }
      upstreams.set(agent, new AgentModel({ ...shared, upstream: () => open(names), agent, guarding }))
    }
    return {
      registry,
      caller,
      now: clock.now(),
      taint,
      call: {
        caller,
        conversationId: run.conversationId,
        runId: run.id,
        record: (...events) => this.#deps.record(...events),
      },
      signal,
      toolCall: (call, work) => telemetry.toolCall(live.span, { run, ...call }, work),
      toolsOf: ({ tools, mcpServers }) => [
        ...tools,
        ...mcpServers.flatMap(({ name }) => serverTools.get(name) ?? []),
      ],
      modelOf: (agent) => {
        const model = upstreams.get(agent)
        if (!model) throw new TypeError(`The agent "${agent.name}" is not registered.`)
        return model
      },
      guardingOf,
    }
  }

  /** What earlier processes, and people, have left to do. Returns the results. */
  async #settle(live: LiveRun, options: AgentGraphOptions): Promise<readonly ItemContent[]> {
    const { run, recorder } = live
    const isFirst = run.pauses === 0 && run.attempts === 1
    const settled = isFirst
      ? []
      : await this.#deps.pendingCalls.settle(
          run,
          recorder,
          (chunk) => live.write(chunk),
          (call) => carryOut(options, call),
        )
    // Who is not told of a call that was interrupted makes it again.
    return [...settled, ...(await recorder.closeCalls())]
  }

  #isUntrusted(item: ItemContent): boolean {
    if (attachmentsOf(item).length > 0) return true
    if (item.type !== 'function_call_result') return false
    // A tool that is not known is one of a server, or was taken away.
    return !item.name.startsWith(handoffPrefix) && this.#deps.registry.findTool(item.name)?.trusted !== true
  }
}

/** By the name of the server. */
type ServerTools = ReadonlyMap<string, readonly RunTool[]>

const callerOf = ({ tenantId, userId, scopes }: AgentRunRecord): Caller => ({
  tenantId,
  userId,
  scopes: new Set(scopes),
})

/** Asks the servers of the agents which tools they have. Of one that does not say the user is told, and the agents go on without it. */
async function openServers(
  live: LiveRun,
  agents: readonly RegisteredAgent[],
  mcp: McpRun | undefined,
): Promise<ServerTools> {
  const servers = new Map(
    agents.flatMap(({ mcpServers }) => mcpServers).map((server) => [server.name, server]),
  )
  const opened = await Promise.all(
    [...servers.values()].map(async (server) => {
      const tools = (await mcp?.toolsOf(server)) ?? null
      if (tools === null)
        live.write({
          type: 'data-tools',
          data: { server: server.name, status: 'unavailable' },
          transient: true,
        })
      return [server.name, tools ?? []] as const
    }),
  )
  return new Map(opened)
}

/** What a provider has looked up, or computed from what it was told. */
function isSearchResult(item: ItemContent): boolean {
  const call = hostedCallIn(item)
  return call !== null && call.kind !== 'image_generation'
}

const toPendingCall = ({ agent, rawItem, name, arguments: args }: RunToolApprovalItem): PendingCall => ({
  agent: agent.name,
  callId: 'callId' in rawItem ? rawItem.callId : '',
  tool: name ?? '',
  argumentsJson: args ?? '{}',
})
