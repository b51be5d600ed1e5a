import type { Clock } from '@corbel/core'
import type { Model, ModelRequest, ModelResponse, StreamEvent } from '@openai/agents-core'
import type { RegisteredAgent } from '../agents/agent-registry.ts'
import { attachmentTokens } from '../files/attachment.ts'
import type { PictureFiles } from '../files/picture-files.ts'
import { hostedCallIn, tellHostedCalls } from '../tools/hosted-call.ts'
import type { Taint } from '../runs/agent-graph.ts'
import type { AttachmentReader } from '../files/attachment-reader.ts'
import { guard, type GuardOptions, OutputGate } from '../guardrails/guard.ts'
import type { ModelCall } from '../ports/agent-usage-repository.ts'
import type { ItemContent } from '../ports/conversation-items.ts'
import type { Quota } from '../ports/quota.ts'
import { callKey, tokensIn, tokensOf, usageOf } from './call-budget.ts'
import type { LiveRun } from '../runs/live-run.ts'
import type { AgentsTelemetry } from '../telemetry/agents-telemetry.ts'
import { roleOf, textOf } from '../conversations/message.ts'
import { modelFellSilent, type OpenedModel, type OpenedModels, streamedAnswer } from './fallback-model.ts'

export interface AgentModelDeps {
  readonly clock: Clock
  readonly quota: Quota
  readonly telemetry: AgentsTelemetry
  readonly live: LiveRun
  readonly agent: RegisteredAgent
  /** Whose key pays is asked when the agent speaks, once. */
  readonly upstream: () => Promise<OpenedModels>
  readonly guarding: GuardOptions
  /** The files that go with messages, of this run. */
  readonly attachments: AttachmentReader
  readonly pictures: PictureFiles
  readonly taint: Taint
}

/** The budget of the tenant does not allow another call. */
export class BudgetSpent extends Error {
  override readonly name = 'BudgetSpent'
}

const defaultMaxTokens = 4096

type Done = Extract<StreamEvent, { readonly type: 'response_done' }>

/**
 * One agent's way to its model. Before a call: results are durable, what the user said is checked, the budget is reserved, a usage row
 * is there. During it: words pass the guardrails. After it: what the model wants is durable before anybody carries it out.
 */
export class AgentModel implements Model {
  readonly #deps: AgentModelDeps
  #isInputChecked = false

  constructor(deps: AgentModelDeps) {
    this.#deps = deps
  }

  async getResponse(): Promise<ModelResponse> {
    throw new Error('Runs are streamed.')
  }

  async *getStreamedResponse(request: ModelRequest): AsyncGenerator<StreamEvent> {
    const { live, agent, guarding, telemetry, attachments } = this.#deps
    const { run, recorder, usage } = live
    const items = typeof request.input === 'string' ? [] : request.input
    await recorder.record(items.filter(({ type }) => type === 'function_call_result'))
    const shown = await attachments.read(items)
    await this.#checkInput(items)
    const models = await this.#deps.upstream()
    let answering = models[0]
    const maxTokens = agent.maxTokens ?? defaultMaxTokens
    const inputTokens =
      tokensIn(JSON.stringify([request.systemInstructions, items, request.tools])) +
      shown.reduce((sum, attachment) => sum + attachmentTokens(attachment), 0)
    const guess = { ...this.#row(usage.next(), answering.name), inputTokens }
    const reservation = await this.#reserve(guess, maxTokens)
    try {
      await usage.record(guess)
    } catch (error) {
      await reservation.settle({ ...tokensOf(guess), inputTokens: 0 })
      throw error
    }
    const traced = await telemetry.openModelCall(live.span, run, agent.name, answering, maxTokens)
    const gate = new OutputGate(guarding)
    let done: Done | null = null
    let isCounted = false
    let outputChars = 0
    try {
      const asking = (opened: OpenedModel): ModelRequest => {
        answering = opened
        const told = tellHostedCalls(items, opened.hostedTools)
        const input = items.length === 0 ? request.input : attachments.tell(told, opened.takes)
        return { ...request, input, tools: this.#toolsOf(request), tracing: false }
      }
      for await (const event of streamedAnswer(models, asking)) {
        if (event.type === 'response_started') yield event
        else if (event.type === 'output_text_delta') {
          outputChars += event.delta.length
          const delta = await gate.push(event.delta)
          if (delta !== '') yield { ...event, delta }
        } else if (event.type === 'response_done') {
          done = event
          done = await this.#settled(event)
          // Providers may send a text whole: what no delta has brought is checked here.
          await guard(outputText(done), 'output', guarding)
          const rest = await gate.finish()
          if (rest !== '') yield { type: 'output_text_delta', delta: rest }
          const call = { ...guess, ...usageOf(event), model: answering.name, estimated: false }
          await recorder.record(done.response.output, call)
          usage.note(call)
          isCounted = true
          yield done
        }
      }
      if (done === null) throw new Error(modelFellSilent)
    } finally {
      const isAborted = done === null && request.signal?.aborted === true
      const used = done ? usageOf(done) : { ...guess, outputTokens: Math.ceil(outputChars / 4) }
      const call = { ...guess, ...used, model: answering.name, estimated: done === null }
      traced.end(done ? 'completed' : isAborted ? 'aborted' : 'failed', call, answering.provider)
      try {
        if (isAborted && gate.released !== '') await recorder.record([partial(gate.released)])
        if (!isCounted) await usage.record(call)
      } finally {
        await reservation.settle(tokensOf(call))
      }
    }
  }

  /** The end of an answer, with what its provider has carried out noted before anybody acts on it. */
  async #settled(event: Done): Promise<Done> {
    const { agent, telemetry, taint, pictures } = this.#deps
    const calls = event.response.output.flatMap((item) => hostedCallIn(item) ?? [])
    if (calls.length === 0) return event
    for (const { kind, status } of calls) {
      if (kind !== 'image_generation') taint.isTainted = true
      telemetry.hostedCall(agent.name, kind, status)
    }
    return { ...event, response: { ...event.response, output: await pictures.keep(event.response.output) } }
  }

  /** Nobody can approve what a provider looks up on the web: with the words of others at hand it is not offered. */
  #toolsOf({ tools }: ModelRequest): ModelRequest['tools'] {
    if (!this.#deps.taint.hasOthersWords) return tools
    return tools.filter(({ type, name }) => type !== 'hosted_tool' || name !== 'web_search')
  }

  /** @throws BudgetSpent */
  async #reserve(call: ModelCall, outputTokens: number) {
    const { quota, agent, telemetry } = this.#deps
    const reservation = await quota.reserve(call.tenantId, { ...tokensOf(call), outputTokens }, callKey(call))
    if (reservation) return reservation
    telemetry.modelRefused(agent.name, call.model)
    throw new BudgetSpent('The budget for models is spent.')
  }

  /** What the user said, once for each agent: those reached by a handoff too. */
  async #checkInput(items: readonly ItemContent[]): Promise<void> {
    if (this.#isInputChecked) return
    this.#isInputChecked = true
    const said = items.findLast((item) => roleOf(item) === 'user')
    const told = said ? this.#deps.attachments.tell([said], new Set()) : []
    for (const item of told) await guard(textOf(item), 'input', this.#deps.guarding)
  }

  #row(call: number, model: string): ModelCall {
    const { live, agent, clock } = this.#deps
    return {
      tenantId: live.run.tenantId,
      runId: live.run.id,
      call,
      agent: agent.name,
      model,
      inputTokens: 0,
      cachedTokens: 0,
      outputTokens: 0,
      reasoningTokens: 0,
      estimated: true,
      createdAt: clock.now(),
    }
  }
}

const outputText = ({ response }: Done): string => response.output.map(textOf).join('\n')

const partial = (text: string): Done['response']['output'][number] => ({
  type: 'message',
  role: 'assistant',
  status: 'incomplete',
  content: [{ type: 'output_text', text }],
})
