import { addMilliseconds, type Clock, type Profile } from '@corbel/core'
import type { DomainEvent, EventStream, Logger } from '@corbel/core/ports'
import { Runner, type RunToolApprovalItem } from '@openai/agents-core'
import type { AgentRegistry, RegisteredAgent } from '../agents/agent-registry.ts'
import {
  ApprovalExpired,
  ApprovalNeeded,
  type PendingCall,
  type PendingCalls,
} from '../approvals/pending-calls.ts'
import { AgentModel } from '../models/agent-model.ts'
import { fallbackModel } from '../models/fallback-model.ts'
import { modelsOf, type ModelSettingsValues } from '../models/model-names.ts'
import type { AgentRunEnd, AgentRunRecord, AgentRunRepository } from '../ports/agent-run-repository.ts'
import type { AgentUsageRepository } from '../ports/agent-usage-repository.ts'
import type { ConversationItems, ItemContent } from '../ports/conversation-items.ts'
import type { Models } from '../ports/models.ts'
import type { Quota } from '../ports/quota.ts'
import type { MessageChunk, RunMetadata } from '../stream/message-chunk.ts'
import { RunLog } from '../stream/run-log.ts'
import { RunTranslator } from '../stream/run-translator.ts'
import { agentGraph, type AgentGraphOptions, carryOut } from './agent-graph.ts'
import { ItemRecorder } from './item-recorder.ts'
import { pairedItems } from './pairs.ts'
import { runFailure } from './run-failure.ts'
import type { RunningRuns } from './running-runs.ts'

export interface RunExecutorDeps {
  readonly agentRuns: AgentRunRepository
  readonly agentUsage: AgentUsageRepository
  readonly conversationItems: ConversationItems
  readonly models: Models
  readonly quota: Quota
  readonly pendingCalls: PendingCalls
  readonly registry: AgentRegistry
  readonly running: RunningRuns
  readonly modelSettings: ModelSettingsValues
  readonly eventStream: EventStream
  readonly clock: Clock
  readonly logger: Logger
  readonly profile: Profile
  /** Records events in a transaction of their own. */
  record(...events: readonly DomainEvent[]): Promise<void>
}

/** Long enough for a process that is busy, short enough for somebody who waits. */
export const leaseMs = 30_000
const renewMs = 10_000
/** Items of the conversation that a model is shown; the SDK takes 20 µs for each. */
const windowItems = 40
const maxTurns = 16
/** Of a run that brings down every process that works on it. */
const maxAttempts = 3

/** Works on runs that this process holds the lease of. A run ends once, and with one last chunk. */
export class RunExecutor {
  readonly #deps: RunExecutorDeps
  readonly #runner = new Runner({
    // Spans of the SDK would go to whatever exporter the process has installed, prompts and all.
    tracingDisabled: true,
    traceIncludeSensitiveData: false,
    toolNotFoundBehavior: 'return_error_to_model',
    toolNameCollisionPolicy: 'error',
    reasoningItemIdPolicy: 'omit',
  })

  constructor(deps: RunExecutorDeps) {
    this.#deps = deps
  }

  lease() {
    const { running, clock } = this.#deps
    return { owner: running.owner, until: addMilliseconds(clock.now(), leaseMs) }
  }

  /** Works on the run until it has ended or waits. Never rejects. Returns the run when it may go on at once. */
  async execute(run: AgentRunRecord): Promise<AgentRunRecord | null> {
    const { running, eventStream, logger } = this.#deps
    const signal = running.begin(run.id)
    const log = new RunLog(eventStream, run.id)
    const letGo = this.#hold(run)
    try {
      if (run.attempts > 1 || run.pauses > 0) await log.resume()
      return await this.#work(run, log, signal)
    } catch (error) {
      // The lease runs out, and another process takes over.
      logger.error('a run of an agent was left to others', { runId: run.id, error })
      return null
    } finally {
      letGo()
      running.end(run.id)
      await log.flush()
    }
  }

  /** Prolongs the lease until it is let go. */
  #hold(run: AgentRunRecord): () => void {
    let timer: NodeJS.Timeout
    let isHeld = true
    const wait = (): void => {
      if (isHeld) timer = setTimeout(() => void this.#renew(run).then(wait), renewMs).unref()
    }
    wait()
    return () => {
      isHeld = false
      clearTimeout(timer)
    }
  }

  async #renew(run: AgentRunRecord): Promise<void> {
    const { agentRuns, running, logger } = this.#deps
    try {
      const standing = await agentRuns.renew(run.tenantId, run.id, this.lease())
      if (standing !== 'held') running.abort(run.id, standing === 'lost' ? 'lost' : 'cancelled')
    } catch (error) {
      logger.warn('the lease of a run was not prolonged', { runId: run.id, error })
    }
  }

  async #work(run: AgentRunRecord, log: RunLog, signal: AbortSignal): Promise<AgentRunRecord | null> {
    const { conversationItems, clock, agentRuns, agentUsage, running } = this.#deps
    const window = await conversationItems.window(run.tenantId, run.conversationId, windowItems)
    const history = window.map(({ content }) => content)
    const recorder = new ItemRecorder({ conversationItems, clock }, run, history)
    const translator = new RunTranslator((chunk) => log.write(chunk))
    const write = (chunk: MessageChunk) => log.write(chunk)
    let agent = run.agent
    const metadata = (more: Partial<RunMetadata> = {}): RunMetadata => ({
      runId: run.id,
      conversationId: run.conversationId,
      agent,
      ...more,
    })
    write({ type: 'start', messageId: run.id, messageMetadata: metadata() })
    let failure: unknown = null
    try {
      if (run.cancelling) running.abort(run.id, 'cancelled')
      if (run.attempts > maxAttempts) throw new Error('Every process that worked on it went down.')
      signal.throwIfAborted()
      agent = await this.#turns(run, history, recorder, translator, write, signal)
    } catch (error) {
      failure = error
    }
    if (failure instanceof ApprovalNeeded && !signal.aborted) {
      const pause = { status: 'waiting', pause: run.pauses + 1 }
      const asked = await this.#deps.pendingCalls.ask(run, failure.calls)
      for (const { id, callId } of asked)
        write({ type: 'tool-approval-request', approvalId: id, toolCallId: callId })
      translator.end()
      write({ type: 'finish', finishReason: 'tool-calls', messageMetadata: metadata(pause) })
      // Before anybody can let it go on, who would write after this.
      await log.flush()
      if (await agentRuns.pause(run.tenantId, run.id, running.owner))
        return agentRuns.resume(run.tenantId, run.id, this.lease())
      await this.#renew(run)
    }
    if (signal.reason === 'lost') return null
    translator.end()
    await recorder.closeCalls()
    const isCancelled = signal.aborted
    const told = failure === null || isCancelled ? null : runFailure(failure)
    if (told?.code === 'model_failed' || told?.code === 'model_behavior')
      this.#deps.logger.warn('a run of an agent failed', { runId: run.id, error: failure })
    const end: AgentRunEnd = {
      status: isCancelled
        ? 'cancelled'
        : failure instanceof ApprovalExpired
          ? 'expired'
          : told
            ? 'failed'
            : 'completed',
      errorCode: told?.code ?? null,
      endedAt: clock.now(),
    }
    const current = isCancelled ? await agentRuns.find(run.tenantId, run.id) : run
    if (isCancelled && current?.discarding === true)
      await conversationItems.removeRun(run.tenantId, run.conversationId, run.id)
    if (!(await agentRuns.end(run.tenantId, run.id, running.owner, end))) return null
    if (told) {
      const { code, retryable, text } = told
      write({ type: 'data-error', data: { code, retryable }, transient: true })
      write({ type: 'error', errorText: text })
    }
    const calls = await agentUsage.list(run.tenantId, run.id)
    const usage = {
      inputTokens: calls.reduce((sum, { inputTokens }) => sum + inputTokens, 0),
      outputTokens: calls.reduce((sum, { outputTokens }) => sum + outputTokens, 0),
    }
    write(
      isCancelled
        ? { type: 'abort', reason: 'user' }
        : {
            type: 'finish',
            finishReason: told ? (told.code === 'guardrail' ? 'content-filter' : 'error') : 'stop',
            messageMetadata: metadata({ status: end.status, usage }),
          },
    )
    await log.flush()
    return null
  }

  /** The run of the SDK. Returns the agent that had the last word. */
  async #turns(
    run: AgentRunRecord,
    history: readonly ItemContent[],
    recorder: ItemRecorder,
    translator: RunTranslator,
    write: (chunk: MessageChunk) => void,
    signal: AbortSignal,
  ): Promise<string> {
    const { registry, models, modelSettings, clock, agentUsage, quota, agentRuns, running, profile } =
      this.#deps
    const entry = registry.find(run.agent) ?? registry.defaultAgent
    const caller = { tenantId: run.tenantId, userId: run.userId, scopes: new Set(run.scopes) }
    const calls = { count: (await agentUsage.list(run.tenantId, run.id)).at(-1)?.call ?? 0 }
    const guardingOf = (agent: RegisteredAgent) => ({
      guardrails: agent.guardrails,
      agent: agent.name,
      signal,
      failClosed: profile === 'production',
    })
    const upstreams = new Map<RegisteredAgent, AgentModel>()
    for (const agent of registry.list()) {
      const [first = '', ...others] = modelsOf(agent, modelSettings)
      const upstream = fallbackModel([
        await models.model(run.tenantId, first),
        ...(await Promise.all(others.map((name) => models.model(run.tenantId, name)))),
      ])
      const guarding = guardingOf(agent)
      upstreams.set(
        agent,
        new AgentModel({
          clock,
          agentUsage,
          quota,
          recorder,
          run,
          calls,
          agent,
          modelName: first,
          upstream,
          guarding,
        }),
      )
    }
    const options: AgentGraphOptions = {
      registry,
      caller,
      now: clock.now(),
      taint: { isTainted: history.some((item) => this.#isUntrusted(item)) },
      call: {
        caller,
        conversationId: run.conversationId,
        runId: run.id,
        record: (...events) => this.#deps.record(...events),
      },
      signal,
      modelOf: (agent) => {
        const model = upstreams.get(agent)
        if (!model) throw new TypeError(`The agent "${agent.name}" is not registered.`)
        return model
      },
      guardingOf,
    }
    const settled = await this.#settle(run, recorder, write, options)
    const told = pairedItems([...history, ...settled])
    const result = await this.#runner.run(agentGraph(options, entry), told, {
      stream: true,
      maxTurns,
      signal,
    })
    let agent = entry.name
    for await (const event of result) {
      translator.take(event)
      if (event.type === 'agent_updated_stream_event' && event.agent.name !== agent) {
        agent = event.agent.name
        await agentRuns.handOver(run.tenantId, run.id, running.owner, agent)
      }
      if (event.type === 'run_item_stream_event' && event.item.rawItem?.type === 'function_call_result')
        await recorder.record([event.item.rawItem])
    }
    await result.completed
    signal.throwIfAborted()
    if (result.interruptions.length > 0) throw new ApprovalNeeded(result.interruptions.map(toPendingCall))
    return agent
  }

  /** What earlier processes, and people, have left to do. Returns the results. */
  async #settle(
    run: AgentRunRecord,
    recorder: ItemRecorder,
    write: (chunk: MessageChunk) => void,
    options: AgentGraphOptions,
  ): Promise<readonly ItemContent[]> {
    const isFirst = run.pauses === 0 && run.attempts === 1
    const settled = isFirst
      ? []
      : await this.#deps.pendingCalls.settle(run, recorder, write, (call) => carryOut(options, call))
    await recorder.closeCalls()
    return settled
  }

  #isUntrusted(item: ItemContent): boolean {
    if (item.type !== 'function_call_result') return false
    const tool = this.#deps.registry.findTool(item.name)
    return tool !== null && tool.trusted !== true
  }
}

const toPendingCall = ({ agent, rawItem, name, arguments: args }: RunToolApprovalItem): PendingCall => ({
  agent: agent.name,
  callId: 'callId' in rawItem ? rawItem.callId : '',
  tool: name ?? '',
  argumentsJson: args ?? '{}',
})
