import {
  type Clock,
  hostOrigin,
  type Id,
  type Origin,
  type Page,
  type PageQuery,
  toPage,
  toPageRequest,
  type Transaction,
} from '@corbel/core'
import type { EventRecorder, KeyVault, Logger } from '@corbel/core/ports'
import type { AgentRegistry } from '../agents/agent-registry.ts'
import type { AgentApproval, AgentApprovalRepository } from '../ports/agent-approval-repository.ts'
import type { AgentRunRecord, AgentRunRepository, RunLease } from '../ports/agent-run-repository.ts'
import type { ConversationId } from '../ports/conversation-items.ts'
import type { Caller } from '../tools/tool.ts'
import { type ApprovalView, type DecisionBody, toApprovalView } from './approval.ts'
import type { ApprovalAnswer, CallAnswer } from './approval-answers.ts'
import { ApprovalErrors } from './approval-errors.ts'
import { ApprovalEvents } from './approval-events.ts'
import { argumentsHash, openArguments } from './call-arguments.ts'

export interface ApprovalServiceDeps {
  readonly agentApprovals: AgentApprovalRepository
  readonly registry: AgentRegistry
  readonly keyVault: Pick<KeyVault, 'open'>
  readonly clock: Clock
  readonly logger: Logger
  readonly transaction: Transaction<{
    readonly agentApprovals: AgentApprovalRepository
    readonly agentRuns: AgentRunRepository
    readonly events: EventRecorder
  }>
  lease(): RunLease
  /** Sets a run that goes on to work. */
  drive(run: AgentRunRecord): void
}

/** What people are asked before tools are called. */
export class ApprovalService {
  readonly #deps: ApprovalServiceDeps

  constructor(deps: ApprovalServiceDeps) {
    this.#deps = deps
  }

  /** @throws `page/invalid-cursor` */
  async list({ tenantId, userId }: Caller, query: PageQuery): Promise<Page<ApprovalView>> {
    const { limit, after } = toPageRequest(query)
    const { agentApprovals, clock } = this.#deps
    const request = { limit: limit + 1, after }
    const page = toPage(
      await agentApprovals.listPending(tenantId, userId, clock.now(), request),
      limit,
      ({ id }) => id,
    )
    return { ...page, data: await Promise.all(page.data.map((approval) => this.#view(approval))) }
  }

  /**
   * Decides once. An approval is checked against what the caller may do now, and the run goes on with that.
   *
   * @throws `approvals/not-found`, `approvals/decided`, `approvals/arguments-changed`, `approvals/unreadable`, `approvals/expired`,
   * `approvals/not-allowed`
   */
  async decide(
    caller: Caller,
    id: Id<'apv'>,
    { decision, argumentsHash: shown, reason }: DecisionBody,
    origin: Origin = hostOrigin,
  ): Promise<ApprovalView> {
    const approval = await this.#find(caller, id)
    if (shown !== undefined && shown !== approval.argumentsHash) throw ApprovalErrors.argumentsChanged()
    this.#check(caller, approval, decision)
    const args = await this.#open(approval)
    if (args === null && decision === 'approve') throw ApprovalErrors.unreadable()
    return toApprovalView(await this.#decide(caller, approval, decision, reason ?? null, origin), args)
  }

  /**
   * The same for what a client of the AI SDK sends: all of it is checked before any of it is decided, and what was decided just so
   * before is left.
   *
   * @throws what {@link decide} throws.
   */
  async answer(
    caller: Caller,
    conversationId: ConversationId,
    answers: readonly ApprovalAnswer[],
    origin: Origin = hostOrigin,
  ): Promise<readonly AgentApproval[]> {
    const asked = await Promise.all(
      answers.map(async (answer) => {
        const approval = await this.#find(caller, answer.id)
        if (approval.conversationId !== conversationId || approval.callId !== answer.callId)
          throw ApprovalErrors.notFound()
        const { input } = answer
        if (
          input !== undefined &&
          (await argumentsHash(approval.tool, JSON.stringify(input))) !== approval.argumentsHash
        )
          throw ApprovalErrors.argumentsChanged()
        this.#check(caller, approval, answer.decision)
        return { approval, answer }
      }),
    )
    const decided: AgentApproval[] = []
    for (const { approval, answer } of asked)
      decided.push(
        approval.status === outcomes[answer.decision]
          ? approval
          : await this.#decide(caller, approval, answer.decision, answer.reason ?? null, origin),
      )
    return decided
  }

  /** Which of the calls that wait in a conversation are answered; an answer to any other is none. */
  async byCall(
    { tenantId, userId }: Caller,
    conversationId: ConversationId,
    answers: readonly CallAnswer[],
  ): Promise<readonly ApprovalAnswer[]> {
    if (answers.length === 0) return []
    const { agentApprovals, clock } = this.#deps
    const pending = await agentApprovals.listPending(tenantId, userId, clock.now(), {
      limit: 100,
      after: null,
    })
    const ids = new Map(
      pending.flatMap((each) => (each.conversationId === conversationId ? [[each.callId, each.id]] : [])),
    )
    return answers.flatMap((answer) => {
      const id = ids.get(answer.callId)
      return id ? [{ ...answer, id }] : []
    })
  }

  async #decide(
    { tenantId, scopes }: Caller,
    { id, runId, tool, argumentsHash: hash }: AgentApproval,
    decision: DecisionBody['decision'],
    reason: string | null,
    origin: Origin,
  ): Promise<AgentApproval> {
    const { transaction, clock, lease, drive } = this.#deps
    const done = await transaction(async ({ agentApprovals, agentRuns, events }) => {
      // Keeps those apart who decide about one run: the last of them lets it go on.
      await agentRuns.rescope(tenantId, runId, [...scopes])
      const status = outcomes[decision]
      const approval = await agentApprovals.decide(tenantId, id, { status, reason, at: clock.now() })
      if (!approval) return null
      await events.record(
        ApprovalEvents.approvalDecided(
          tenantId,
          { approvalId: id, runId, tool, decision, argumentsHash: hash },
          origin,
        ),
      )
      return { approval, run: await agentRuns.resume(tenantId, runId, lease()) }
    })
    if (!done) {
      const now = await this.#deps.agentApprovals.find(tenantId, id)
      throw now?.status === 'pending' || now?.status === 'expired'
        ? ApprovalErrors.expired()
        : ApprovalErrors.decided()
    }
    if (done.run) drive(done.run)
    return done.approval
  }

  #check({ scopes }: Caller, { tool }: AgentApproval, decision: DecisionBody['decision']): void {
    if (decision === 'reject') return
    const needed = this.#deps.registry.scopesOf(tool)
    if (!needed?.every((scope) => scopes.has(scope))) throw ApprovalErrors.notAllowed()
  }

  async #find({ tenantId, userId }: Caller, id: Id<'apv'>): Promise<AgentApproval> {
    const approval = await this.#deps.agentApprovals.find(tenantId, id)
    if (approval?.userId !== userId) throw ApprovalErrors.notFound()
    return approval
  }

  async #view(approval: AgentApproval): Promise<ApprovalView> {
    return toApprovalView(approval, await this.#open(approval))
  }

  #open(approval: AgentApproval): Promise<string | null> {
    return openArguments(this.#deps.keyVault, this.#deps.logger, approval)
  }
}

const outcomes = { approve: 'approved', reject: 'rejected' } as const
