import { addMilliseconds, type Clock, type Duration, milliseconds, newId } from '@corbel/core'
import type { KeyVault, Logger } from '@corbel/core/ports'
import type { AgentApproval, AgentApprovalRepository } from '../ports/agent-approval-repository.ts'
import type { AgentRunRecord } from '../ports/agent-run-repository.ts'
import type { ItemContent } from '../ports/conversation-items.ts'
import type { ItemRecorder } from '../runs/item-recorder.ts'
import type { MessageChunk } from '../stream/message-chunk.ts'
import { argumentsHash, openArguments, sealArguments } from './call-arguments.ts'

export interface PendingCall {
  readonly agent: string
  readonly callId: string
  readonly tool: string
  readonly argumentsJson: string
}

/** Calls wait for a person: the run pauses. */
export class ApprovalNeeded extends Error {
  override readonly name = 'ApprovalNeeded'
  readonly calls: readonly PendingCall[]

  constructor(calls: readonly PendingCall[]) {
    super('A tool needs the approval of a person.')
    this.calls = calls
  }
}

/** Nobody decided in time: the run ends. */
export class ApprovalExpired extends Error {
  override readonly name = 'ApprovalExpired'
}

export interface PendingCallsDeps {
  readonly agentApprovals: AgentApprovalRepository
  readonly keyVault: Pick<KeyVault, 'seal' | 'open'>
  readonly approvalTtl: Duration
  readonly clock: Clock
  readonly logger: Logger
}

/** Asks a person about calls, and carries out what they have decided. */
export class PendingCalls {
  readonly #deps: PendingCallsDeps

  constructor(deps: PendingCallsDeps) {
    this.#deps = deps
  }

  /** Asks, durably. Returns what people are asked, from earlier times included. */
  async ask(run: AgentRunRecord, calls: readonly PendingCall[]): Promise<readonly AgentApproval[]> {
    const { agentApprovals, keyVault, approvalTtl, clock } = this.#deps
    const { tenantId, id: runId, conversationId, userId } = run
    const now = clock.now()
    const asked = await Promise.all(
      calls.map(async ({ agent, callId, tool, argumentsJson }) => {
        const owner = { tenantId, id: newId('apv', clock), runId, callId, agent, tool }
        return {
          ...owner,
          conversationId,
          userId,
          createdAt: now,
          expiresAt: addMilliseconds(now, milliseconds(approvalTtl)),
          argumentsHash: await argumentsHash(tool, argumentsJson),
          sealedArguments: await sealArguments(keyVault, owner, argumentsJson),
        }
      }),
    )
    await agentApprovals.insert(asked)
    const all = await agentApprovals.listOfRun(tenantId, runId)
    return all.filter(({ status }) => status === 'pending')
  }

  /**
   * Carries out what was approved, each call once in all processes, and tells the model what was not. Returns the results.
   *
   * @throws ApprovalNeeded while something is pending; ApprovalExpired when time was up.
   */
  async settle(
    run: AgentRunRecord,
    recorder: ItemRecorder,
    write: (chunk: MessageChunk) => void,
    invoke: (call: PendingCall) => Promise<string>,
  ): Promise<readonly ItemContent[]> {
    const { agentApprovals, clock, keyVault, logger } = this.#deps
    const all = await agentApprovals.listOfRun(run.tenantId, run.id)
    const open = all.filter(({ callId }) => recorder.isOpen(callId))
    if (open.some(({ status }) => status === 'pending')) throw new ApprovalNeeded([])
    const results: ItemContent[] = []
    const conclude = async ({ callId, tool }: AgentApproval, text: string, isDenied: boolean) => {
      const result = resultOf(callId, tool, text)
      results.push(result)
      await recorder.record([result])
      write(
        isDenied
          ? { type: 'tool-output-denied', toolCallId: callId }
          : { type: 'tool-output-available', toolCallId: callId, output: text, dynamic: true },
      )
    }
    for (const approval of open) {
      const { id, agent, callId, tool, status, reason } = approval
      if (status === 'approved') {
        const argumentsJson = await openArguments(keyVault, logger, approval)
        if (argumentsJson === null)
          await conclude(approval, 'What it was approved with cannot be read any more: not called.', true)
        else if (await agentApprovals.take(run.tenantId, id, clock.now()))
          await conclude(approval, await invoke({ agent, callId, tool, argumentsJson }), false)
      }
      if (status === 'rejected')
        await conclude(approval, `Rejected by the user${reason === null ? '.' : `: ${reason}`}`, true)
      if (status === 'expired') await conclude(approval, 'Nobody approved it in time: not called.', true)
    }
    if (open.some(({ status }) => status === 'expired')) throw new ApprovalExpired()
    return results
  }
}

const resultOf = (callId: string, name: string, text: string): ItemContent => ({
  type: 'function_call_result',
  callId,
  name,
  status: 'completed',
  output: { type: 'text', text },
})
