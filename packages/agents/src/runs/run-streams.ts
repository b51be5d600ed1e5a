import { hostOrigin, type Origin, type ServerSentEvent } from '@corbel/core'
import { AgentsErrors } from '../agents-errors.ts'
import type { AgentRunId, ConversationId } from '../ports/conversation-items.ts'
import type { MessageChunk, NumberedChunk } from '../stream/message-chunk.ts'
import type { Caller } from '../tools/tool.ts'
import { type ApprovalAnswer, answersIn, outputAnswersIn } from '../approvals/approval-answers.ts'
import type { ApprovalService } from '../approvals/approval-service.ts'
import { withoutApprovals } from '../stream/without-approvals.ts'
import { type ClientQuery, type RunBody, type RunRequest, toRunRequest } from './agent-run.ts'
import type { RunService } from './run-service.ts'

type Events = AsyncIterable<ServerSentEvent<MessageChunk>>

/** Runs as server-sent events: the number of a chunk is the id of its event. */
export class RunStreams {
  readonly #runs: RunService
  readonly #approvals: ApprovalService

  constructor(runs: RunService, approvals: ApprovalService) {
    this.#runs = runs
    this.#approvals = approvals
  }

  /**
   * What the body says, or decides about calls that wait.
   *
   * @throws `agents/no-message`, and what {@link RunService.begin} and {@link ApprovalService.decide} throw.
   */
  async begin(
    caller: Caller,
    conversationId: ConversationId | null,
    body: RunBody | RunRequest,
    signal: AbortSignal,
    origin: Origin = hostOrigin,
    { sdk }: ClientQuery = {},
    traceparent: string | null = null,
  ): Promise<Events> {
    if (conversationId !== null && 'messages' in body) {
      const answers =
        sdk === '5'
          ? await this.#approvals.byCall(caller, conversationId, outputAnswersIn(body.messages))
          : answersIn(body.messages)
      if (answers.length > 0)
        return events(await this.#answer(caller, conversationId, answers, signal, origin), sdk)
    }
    const request = toRunRequest(body)
    if (!request) throw AgentsErrors.noMessage()
    const run = await this.#runs.begin(caller, conversationId, request, origin, traceparent)
    return events(this.#runs.followBegun(run, 0, signal), sdk)
  }

  /** What the run goes on to say after what was said before. */
  async #answer(
    caller: Caller,
    conversationId: ConversationId,
    answers: readonly ApprovalAnswer[],
    signal: AbortSignal,
    origin: Origin,
  ): Promise<AsyncIterable<NumberedChunk>> {
    const before = await this.#runs.findActive(caller, conversationId)
    const seen = before === null ? 0 : await this.#runs.lastSeq(before)
    const [decided] = await this.#approvals.answer(caller, conversationId, answers, origin)
    if (!decided) throw AgentsErrors.noMessage()
    // Answered before: the run may have ended since, and is told whole.
    const after = decided.runId === before ? seen : 0
    return this.#runs.follow(caller, decided.runId, after, signal)
  }

  /** The run at work; null when there is none. */
  async ofConversation(
    caller: Caller,
    id: ConversationId,
    signal: AbortSignal,
    { sdk }: ClientQuery = {},
  ): Promise<Events | null> {
    const runId = await this.#runs.findActive(caller, id)
    return runId && events(this.#runs.follow(caller, runId, 0, signal), sdk)
  }

  /** @param lastEventId - As the client sent it; what is no number counts as none. */
  async ofRun(
    caller: Caller,
    id: AgentRunId,
    lastEventId: string | null,
    signal: AbortSignal,
  ): Promise<Events> {
    // Answers 404 rather than a stream that fails.
    await this.#runs.get(caller, id)
    const after = /^\d{1,9}$/.test(lastEventId ?? '') ? Number(lastEventId) : 0
    return events(this.#runs.follow(caller, id, after, signal))
  }
}

async function* events(chunks: AsyncIterable<NumberedChunk>, sdk?: ClientQuery['sdk']): Events {
  for await (const { seq, chunk } of sdk === '5' ? withoutApprovals(chunks) : chunks)
    yield { id: `${seq}`, data: chunk }
}
