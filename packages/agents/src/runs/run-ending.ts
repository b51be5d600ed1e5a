import type { Clock } from '@corbel/core'
import type { Job, Logger } from '@corbel/core/ports'
import { AgentsJobs } from '../agents-jobs.ts'
import { ApprovalExpired, type PendingCall, type PendingCalls } from '../approvals/pending-calls.ts'
import type { AgentRunEnd, AgentRunRecord, AgentRunRepository } from '../ports/agent-run-repository.ts'
import type { ConversationItems } from '../ports/conversation-items.ts'
import type { AgentsTelemetry } from '../telemetry/agents-telemetry.ts'
import { toAgentUsage } from './agent-run.ts'
import type { LiveRun } from './live-run.ts'
import { type RunFailure, runFailure } from './run-failure.ts'
import type { RunLeases } from './run-leases.ts'
import type { RunningRuns } from './running-runs.ts'

export interface RunEndingDeps {
  readonly agentRuns: AgentRunRepository
  readonly telemetry: AgentsTelemetry
  readonly conversationItems: ConversationItems
  readonly pendingCalls: PendingCalls
  readonly running: RunningRuns
  readonly leases: RunLeases
  readonly clock: Clock
  readonly logger: Logger
  enqueue(job: Job): Promise<void>
}

/** How runs end, once and with one last chunk, or pause. */
export class RunEnding {
  readonly #deps: RunEndingDeps

  constructor(deps: RunEndingDeps) {
    this.#deps = deps
  }

  /**
   * Asks people about the calls, and lets the run wait for them.
   *
   * @returns Whether it waits, and, when everything was decided meanwhile, the run that goes on; it may have been asked to end instead.
   */
  async pause(
    live: LiveRun,
    calls: readonly PendingCall[],
  ): Promise<{ readonly isWaiting: boolean; readonly resumed: AgentRunRecord | null }> {
    const { agentRuns, pendingCalls, running, leases, telemetry } = this.#deps
    const { run, translator } = live
    for (const { id, callId } of await pendingCalls.ask(run, calls))
      live.write({ type: 'tool-approval-request', approvalId: id, toolCallId: callId })
    translator.end()
    live.write({
      type: 'finish',
      finishReason: 'tool-calls',
      messageMetadata: live.metadata({ status: 'waiting', pause: run.pauses + 1 }),
    })
    // Before anybody can let it go on, who would write after this.
    await live.flush()
    if (await agentRuns.pause(run.tenantId, run.id, running.owner)) {
      telemetry.runEnded(live.span, { agent: live.agent, outcome: 'waiting' })
      return { isWaiting: true, resumed: await agentRuns.resume(run.tenantId, run.id, leases.take()) }
    }
    await leases.renew(run)
    return { isWaiting: false, resumed: null }
  }

  /**
   * @param failure - What the run failed of; null when it did not.
   * @returns Whether another run waits for its turn.
   */
  async end(live: LiveRun, failure: unknown): Promise<boolean> {
    const { agentRuns, conversationItems, running, logger, telemetry } = this.#deps
    const { run, signal, translator, recorder } = live
    // Another process ends it.
    if (signal.reason === 'lost') return false
    translator.end()
    await recorder.closeCalls()
    const isCancelled = signal.aborted
    const told = failure === null || isCancelled ? null : runFailure(failure)
    if (told?.code === 'model_failed' || told?.code === 'model_behavior')
      logger.warn('a run of an agent failed', { runId: run.id, error: failure })
    const end = this.#endOf(isCancelled, failure, told)
    const current = isCancelled ? await agentRuns.find(run.tenantId, run.id) : run
    if (isCancelled && current?.discarding === true)
      await conversationItems.removeRun(run.tenantId, run.conversationId, run.id)
    const ended = await agentRuns.end(run.tenantId, run.id, running.owner, end)
    if (!ended) return false
    telemetry.runEnded(live.span, { agent: live.agent, outcome: end.status }, told)
    if (told) {
      const { code, retryable, text } = told
      live.write({ type: 'data-error', data: { code, retryable }, transient: true })
      live.write({ type: 'error', errorText: text })
    }
    const { inputTokens, outputTokens } = toAgentUsage(live.usage.calls)
    live.write(
      isCancelled
        ? { type: 'abort', reason: 'user' }
        : {
            type: 'finish',
            finishReason: told ? (told.code === 'guardrail' ? 'content-filter' : 'error') : 'stop',
            messageMetadata: live.metadata({ status: end.status, usage: { inputTokens, outputTokens } }),
          },
    )
    await live.flush()
    await this.#summarize(live)
    return ended.isNextWaiting
  }

  /** Asks for a summary, when one is due: nobody waits for it. */
  async #summarize({ run, recall: { keep } }: LiveRun): Promise<void> {
    if (keep === null) return
    const { tenantId, conversationId, id: runId } = run
    try {
      await this.#deps.enqueue(
        AgentsJobs.summarize.of(tenantId, { conversationId, runId, keep }, { singletonKey: conversationId }),
      )
    } catch (error) {
      this.#deps.logger.warn('a summary was not asked for', { runId, error })
    }
  }

  #endOf(isCancelled: boolean, failure: unknown, told: RunFailure | null): AgentRunEnd {
    const endedAt = this.#deps.clock.now()
    const errorCode = told?.code ?? null
    if (isCancelled) return { status: 'cancelled', errorCode, endedAt }
    if (failure instanceof ApprovalExpired) return { status: 'expired', errorCode, endedAt }
    return { status: told ? 'failed' : 'completed', errorCode, endedAt }
  }
}
