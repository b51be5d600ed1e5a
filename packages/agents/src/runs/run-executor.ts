import type { Clock } from '@corbel/core'
import type { EventStream, Logger, Span } from '@corbel/core/ports'
import { ApprovalNeeded } from '../approvals/pending-calls.ts'
import type { AgentRunRecord } from '../ports/agent-run-repository.ts'
import type { AgentUsageRepository } from '../ports/agent-usage-repository.ts'
import type { ConversationItems } from '../ports/conversation-items.ts'
import type { RunMemory } from '../memory/run-memory.ts'
import { RunLog } from '../stream/run-log.ts'
import type { AgentsTelemetry } from '../telemetry/agents-telemetry.ts'
import { ItemRecorder } from './item-recorder.ts'
import { LiveRun } from './live-run.ts'
import type { RunEnding } from './run-ending.ts'
import type { RunLeases } from './run-leases.ts'
import type { RunningRuns } from './running-runs.ts'
import type { RunTurns } from './run-turns.ts'
import { RunUsage } from './run-usage.ts'

export interface RunExecutorDeps {
  readonly turns: RunTurns
  readonly ending: RunEnding
  readonly memory: RunMemory
  readonly leases: RunLeases
  readonly running: RunningRuns
  readonly conversationItems: ConversationItems
  readonly agentUsage: AgentUsageRepository
  readonly telemetry: AgentsTelemetry
  readonly eventStream: EventStream
  readonly clock: Clock
  readonly logger: Logger
}

/** What is to be done after the work on a run. */
export interface Worked {
  /** The run itself, when it may go on at once. */
  readonly resumed: AgentRunRecord | null
  /** Whether another run of the conversation waits for its turn. */
  readonly isNextWaiting: boolean
}

/** Of a run that brings down every process that works on it. */
const maxAttempts = 3

/** Works on runs that this process holds the lease of. */
export class RunExecutor {
  readonly #deps: RunExecutorDeps

  constructor(deps: RunExecutorDeps) {
    this.#deps = deps
  }

  /**
   * Works on the run until it has ended or waits. Never rejects.
   *
   * @param traceparent - Of the request that asked for it; null when it was not just asked for.
   */
  async execute(run: AgentRunRecord, traceparent: string | null): Promise<Worked> {
    const { running, leases, eventStream, logger, telemetry } = this.#deps
    const signal = running.begin(run.id)
    const log = new RunLog(eventStream, run.id)
    const letGo = leases.hold(run)
    try {
      if (run.attempts > 1 || run.pauses > 0) await log.resume()
      return await telemetry.run(run, traceparent, (span) => this.#work(run, log, signal, span))
    } catch (error) {
      // The lease runs out, and another process takes over.
      logger.error('a run of an agent was left to others', { runId: run.id, error })
      return { resumed: null, isNextWaiting: false }
    } finally {
      letGo()
      running.end(run.id)
      await log.flush()
    }
  }

  async #work(run: AgentRunRecord, log: RunLog, signal: AbortSignal, span: Span): Promise<Worked> {
    const { agentUsage, conversationItems, clock, ending, memory } = this.#deps
    const recall = await memory.recall(run)
    const known = recall.items.map(({ content }) => content)
    const recorder = new ItemRecorder({ conversationItems, clock }, run, known)
    const usage = await RunUsage.of(agentUsage, run)
    const live = new LiveRun({ run, recall, recorder, usage, log, signal, span })
    live.write({ type: 'start', messageId: run.id, messageMetadata: live.metadata() })
    const failure = await this.#failureOf(live)
    if (failure instanceof ApprovalNeeded && !signal.aborted) {
      const { isWaiting, resumed } = await ending.pause(live, failure.calls)
      if (isWaiting) return { resumed, isNextWaiting: false }
    }
    return { resumed: null, isNextWaiting: await ending.end(live, failure) }
  }

  /** What the agents failed of; null when they did not. */
  async #failureOf(live: LiveRun): Promise<unknown> {
    const { running, turns } = this.#deps
    const { run, signal } = live
    try {
      if (run.cancelling) running.abort(run.id, 'cancelled')
      if (run.attempts > maxAttempts) throw new Error('Every process that worked on it went down.')
      signal.throwIfAborted()
      await turns.take(live)
      return null
    } catch (error) {
      return error
    }
  }
}
