import { type Clock, type Id, newId, type Origin, type Transaction } from '@corbel/core'
import type { EventStream, Logger, PubSub } from '@corbel/core/ports'
import type { AgentRegistry, RegisteredAgent } from '../agents/agent-registry.ts'
import { AgentsErrors } from '../agents-errors.ts'
import { ConversationErrors } from '../conversations/conversation-errors.ts'
import { userMessage } from '../files/attachment.ts'
import type { ShownType } from '../files/file-type.ts'
import type { MessageAttachments } from '../files/message-attachments.ts'
import type { AgentApprovalRepository } from '../ports/agent-approval-repository.ts'
import type { AgentRunRecord, AgentRunRepository } from '../ports/agent-run-repository.ts'
import type { AgentUsageRepository } from '../ports/agent-usage-repository.ts'
import type {
  AgentRunId,
  ConversationId,
  ConversationItems,
  ItemContent,
} from '../ports/conversation-items.ts'
import { followLog, readLog } from '../stream/run-log.ts'
import { isPause, isTerminal, type MessageChunk, type NumberedChunk } from '../stream/message-chunk.ts'
import { retold } from '../stream/retold.ts'
import type { Caller } from '../tools/tool.ts'
import {
  type AgentRunView,
  type ChatReply,
  type RunRequest,
  toAgentRunView,
  toAgentUsage,
} from './agent-run.ts'
import { roleOf, textOf } from '../conversations/message.ts'
import type { RunExecutor } from './run-executor.ts'
import type { RunLeases } from './run-leases.ts'
import type { Quota } from '../ports/quota.ts'
import type { RunningRuns } from './running-runs.ts'

interface RunRepositories {
  readonly agentApprovals: AgentApprovalRepository
  readonly agentRuns: AgentRunRepository
  readonly conversationItems: ConversationItems
}

export interface RunServiceDeps extends RunRepositories {
  readonly agentUsage: AgentUsageRepository
  readonly registry: AgentRegistry
  readonly attachments: MessageAttachments
  /** What the models of an agent can be shown. */
  takenBy(tenantId: Id<'ten'>, agent: RegisteredAgent): Promise<ReadonlySet<ShownType>>
  readonly executor: RunExecutor
  readonly leases: RunLeases
  readonly running: RunningRuns
  readonly quota: Quota
  readonly eventStream: EventStream
  readonly pubSub: PubSub
  readonly clock: Clock
  readonly logger: Logger
  readonly transaction: Transaction<RunRepositories>
}

/** The last words of the agents. */
const textOfLast = (items: readonly ItemContent[]): string =>
  items.flatMap((item) => (roleOf(item) === 'assistant' ? textOf(item) : [])).at(-1) ?? ''

const cancelTopic = 'agents.run.cancelled'
/** Runs that one process takes over at once; the next when these have ended. */
const adoptAtOnce = 8

/** Turns of conversations. A run belongs to the server: who asked for it may leave, and look for it later. */
export class RunService {
  readonly #deps: RunServiceDeps

  constructor(deps: RunServiceDeps) {
    this.#deps = deps
  }

  /**
   * Takes a message, durably, and sets a run to work that does not end with this call. Not to be called inside a transaction.
   *
   * @throws `agents/agent-not-found`, `agents/quota-exceeded`, `conversations/not-found`, `agents/conversation-busy`, and what
   * {@link MessageAttachments.resolve} throws.
   * @param traceparent - Of the request that asks for it.
   */
  async begin(
    caller: Caller,
    conversationId: ConversationId | null,
    { message, agent, clientMessageId, whenBusy, attachments: sources = [] }: RunRequest,
    origin?: Origin,
    traceparent: string | null = null,
  ): Promise<AgentRunRecord> {
    const { registry, leases, agentRuns, conversationItems, clock } = this.#deps
    const first = agent === undefined ? registry.defaultAgent : registry.find(agent)
    if (!first) throw AgentsErrors.agentNotFound()
    const { tenantId, userId, scopes } = caller
    const now = clock.now()
    await this.#requireBudget(tenantId, now)
    const id = conversationId ?? newId('cnv', clock)
    const { attachments, stored } = await this.#deps.attachments.resolve(
      { tenantId, userId },
      conversationId,
      sources,
      () => this.#deps.takenBy(tenantId, first),
      origin,
    )
    if (conversationId === null) await conversationItems.create({ tenantId, id, userId, createdAt: now })
    if (whenBusy === 'interrupt' || whenBusy === 'rollback') {
      await this.#requireOpen(caller, id)
      const active = await agentRuns.findActive(tenantId, id)
      if (active && active.clientMessageId !== clientMessageId)
        await this.#cancel(active, whenBusy === 'rollback')
    }
    const run = {
      tenantId,
      id: newId('arn', clock),
      conversationId: id,
      userId,
      scopes: [...scopes],
      agent: first.name,
      message,
      attachments,
      clientMessageId: clientMessageId ?? newId('msg', clock),
      createdAt: now,
    }
    const said = { id: newId('itm', clock), content: userMessage(message, attachments) }
    const begun = await agentRuns.begin(run, leases.take(), whenBusy !== 'reject', said)
    if (begun.outcome !== 'running' && begun.outcome !== 'queued')
      await this.#deps.attachments.discard({ tenantId, userId }, stored)
    if (begun.outcome === 'closed') throw ConversationErrors.notFound()
    if (begun.outcome === 'busy') throw AgentsErrors.conversationBusy()
    if (begun.outcome === 'running') void this.#drive(begun.run, traceparent)
    // What it waits for may have ended in between.
    if (begun.outcome === 'queued') void this.#drive(await this.#next(begun.run))
    return begun.run
  }

  /** The same, waiting for the end. */
  async chat(
    caller: Caller,
    conversationId: ConversationId | null,
    request: RunRequest,
    signal: AbortSignal,
    traceparent: string | null = null,
  ): Promise<ChatReply> {
    const begun = await this.begin(caller, conversationId, request, undefined, traceparent)
    let last: MessageChunk | null = null
    for await (const { chunk } of this.followBegun(begun, 0, signal)) last = chunk
    signal.throwIfAborted()
    const run = await this.#find(caller, begun.id)
    const items = await this.#itemsOf(run)
    return {
      conversationId: run.conversationId,
      runId: run.id,
      // It is told that it waits a moment before it does, so that nobody who lets it go on is ahead of what is told.
      status: last !== null && isPause(last) ? 'waiting' : run.status,
      message: textOfLast(items),
      agent: run.agent,
      errorCode: run.errorCode,
      usage: toAgentUsage(await this.#deps.agentUsage.list(run.tenantId, run.id)),
    }
  }

  /** @throws `agents/run-not-found` */
  async get(caller: Caller, id: AgentRunId): Promise<AgentRunView> {
    const run = await this.#find(caller, id)
    return toAgentRunView(run, await this.#deps.agentUsage.list(run.tenantId, run.id))
  }

  /**
   * Asks a run to end; one that has ended is left as it is.
   *
   * @throws `agents/run-not-found`
   */
  async cancel(caller: Caller, id: AgentRunId): Promise<AgentRunView> {
    await this.#cancel(await this.#find(caller, id), false)
    return this.get(caller, id)
  }

  /**
   * The run at work in a conversation, or waiting for an approval; null when there is none.
   *
   * @throws `conversations/not-found`
   */
  async findActive(caller: Caller, conversationId: ConversationId): Promise<AgentRunId | null> {
    await this.#requireOpen(caller, conversationId)
    return (await this.#deps.agentRuns.findActive(caller.tenantId, conversationId))?.id ?? null
  }

  /**
   * What a run tells after the chunk of this number, from the beginning for 0, up to its end. When the log is gone it is told again
   * from the conversation.
   *
   * @throws `agents/run-not-found`
   */
  async *follow(
    caller: Caller,
    id: AgentRunId,
    after: number,
    signal: AbortSignal,
  ): AsyncGenerator<NumberedChunk> {
    yield* this.followBegun(await this.#find(caller, id), after, signal)
  }

  /** The same of a run that the caller may read. */
  async *followBegun(run: AgentRunRecord, after: number, signal: AbortSignal): AsyncGenerator<NumberedChunk> {
    const { eventStream, agentUsage } = this.#deps
    const { id } = run
    if (run.status !== 'queued' && run.status !== 'running') {
      let last: NumberedChunk | null = null
      for await (const numbered of readLog(eventStream, id)) last = numbered
      if (last === null || !isTerminal(last.chunk)) {
        const calls = await agentUsage.list(run.tenantId, run.id)
        yield* retold(run, await this.#itemsOf(run), toAgentUsage(calls), after)
        return
      }
    }
    // While it waits, its last pause is its end.
    const pauses = run.status === 'waiting' ? run.pauses - 1 : run.pauses
    yield* followLog(eventStream, id, after, pauses, signal)
  }

  /** The number of the last chunk so far. */
  async lastSeq(id: AgentRunId): Promise<number> {
    let last = 0
    for await (const { seq } of readLog(this.#deps.eventStream, id)) last = seq
    return last
  }

  /** Takes over what processes have left that went down, and starts what waits for nobody. */
  async recover(): Promise<void> {
    const { agentApprovals, agentRuns, clock } = this.#deps
    await agentApprovals.expire(clock.now(), adoptAtOnce)
    void this.#workOn(await this.#adopt())
    for (const stalled of await agentRuns.listStalled(adoptAtOnce))
      void this.#drive(await this.#next(stalled))
  }

  /** Hears of runs that another process was asked to end. Without it they end when their lease is prolonged. */
  async listen(): Promise<void> {
    await this.#deps.pubSub.subscribe(cancelTopic, {
      onMessage: (id) => void this.#deps.running.abort(id as AgentRunId, 'cancelled'),
      onGap: () => {},
    })
  }

  #adopt(): Promise<readonly AgentRunRecord[]> {
    const { agentRuns, leases, clock } = this.#deps
    return agentRuns.adopt(clock.now(), leases.take(), adoptAtOnce)
  }

  /** Those, and as long as there were as many as may be taken over at once, the next. */
  async #workOn(orphans: readonly AgentRunRecord[]): Promise<void> {
    try {
      for (let batch = orphans; batch.length > 0;) {
        await Promise.all(batch.map((run) => this.#drive(run)))
        batch = batch.length < adoptAtOnce ? [] : await this.#adopt()
      }
    } catch (error) {
      this.#deps.logger.error('runs of agents were not taken over', { error })
    }
  }

  async #cancel(run: AgentRunRecord, discarding: boolean): Promise<void> {
    const { running, pubSub, clock, leases } = this.#deps
    const { tenantId, id } = run
    const at = clock.now()
    const { cancelled, resumed } = await this.#deps.transaction(async ({ agentApprovals, agentRuns }) => {
      const asked = await agentRuns.cancel(tenantId, id, { discarding, at })
      if (asked?.status !== 'waiting') return { cancelled: asked, resumed: null }
      await agentApprovals.withdraw(tenantId, id, at)
      // It ends as one that was at work does.
      return { cancelled: asked, resumed: await agentRuns.resume(tenantId, id, leases.take()) }
    })
    if (resumed) this.drive(resumed)
    if (cancelled?.status !== 'running' || running.abort(run.id, 'cancelled')) return
    // It is noticed at the next renewal of the lease, too.
    await pubSub.publish(cancelTopic, run.id).catch(() => {})
  }

  /** Works on a run that this process holds the lease of, and then on those that have waited for it. */
  drive(run: AgentRunRecord): void {
    void this.#drive(run)
  }

  async #drive(run: AgentRunRecord | null, traceparent: string | null = null): Promise<void> {
    try {
      for (let current = run; current;) {
        const done = current
        const { resumed, isNextWaiting } = await this.#deps.executor.execute(
          done,
          done === run ? traceparent : null,
        )
        current = resumed ?? (isNextWaiting ? await this.#next(done) : null)
      }
    } catch (error) {
      this.#deps.logger.error('a waiting run of an agent was not started', { error })
    }
  }

  #next({
    tenantId,
    conversationId,
  }: Pick<AgentRunRecord, 'tenantId' | 'conversationId'>): Promise<AgentRunRecord | null> {
    return this.#deps.transaction(async (scope) => {
      const run = await scope.agentRuns.next(tenantId, conversationId, this.#deps.leases.take())
      if (run) await this.#say(scope, run)
      return run
    })
  }

  /** The message of the user, at its place in the conversation. */
  async #say({ conversationItems }: RunRepositories, run: AgentRunRecord): Promise<void> {
    const { tenantId, conversationId, message, attachments, clientMessageId } = run
    await conversationItems.append(tenantId, conversationId, [
      {
        id: newId('itm', this.#deps.clock),
        runId: run.id,
        clientMessageId,
        content: userMessage(message, attachments),
        createdAt: this.#deps.clock.now(),
      },
    ])
  }

  async #itemsOf({ tenantId, conversationId, id }: AgentRunRecord) {
    const window = await this.#deps.conversationItems.window(tenantId, conversationId, 200)
    return window.filter(({ runId }) => runId === id).map(({ content }) => content)
  }

  async #find({ tenantId, userId }: Caller, id: AgentRunId): Promise<AgentRunRecord> {
    const run = await this.#deps.agentRuns.find(tenantId, id)
    if (!run || !(await this.#isOpen(tenantId, run.conversationId, userId))) throw AgentsErrors.runNotFound()
    return run
  }

  async #requireBudget(tenantId: Id<'ten'>, now: Date): Promise<void> {
    const quota = await this.#deps.quota.refusal?.(tenantId)
    if (!quota) return
    const seconds = quota.resetAt === null ? null : (Date.parse(quota.resetAt) - now.getTime()) / 1000
    throw AgentsErrors.quotaExceeded({
      detail: `${quota.featureKey}: ${quota.usage} of ${quota.limitValue} are used or reserved.`,
      quota,
      ...(seconds !== null && { retryAfter: seconds }),
    })
  }

  async #requireOpen({ tenantId, userId }: Caller, id: ConversationId): Promise<void> {
    if (!(await this.#isOpen(tenantId, id, userId))) throw ConversationErrors.notFound()
  }

  #isOpen(tenantId: Id<'ten'>, id: ConversationId, userId: Id<'usr'>): Promise<boolean> {
    return this.#deps.conversationItems.isOpenTo(tenantId, id, userId)
  }
}
