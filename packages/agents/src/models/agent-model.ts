import type { Clock } from '@corbel/core'
import type { Model, ModelRequest, ModelResponse, StreamEvent } from '@openai/agents-core'
import type { RegisteredAgent } from '../agents/agent-registry.ts'
import { guard, type GuardOptions, OutputGate } from '../guardrails/guard.ts'
import type { AgentRunRecord } from '../ports/agent-run-repository.ts'
import type { AgentUsageRepository, ModelCall } from '../ports/agent-usage-repository.ts'
import type { ItemContent } from '../ports/conversation-items.ts'
import type { Quota } from '../ports/quota.ts'
import type { ItemRecorder } from '../runs/item-recorder.ts'
import { roleOf, textOf } from '../conversations/message.ts'
import { modelFellSilent } from './fallback-model.ts'

export interface AgentModelDeps {
  readonly clock: Clock
  readonly agentUsage: AgentUsageRepository
  readonly quota: Quota
  readonly recorder: ItemRecorder
  readonly run: AgentRunRecord
  /** Counts the model calls of the run. */
  readonly calls: { count: number }
  readonly agent: RegisteredAgent
  readonly modelName: string
  readonly upstream: Model
  readonly guarding: GuardOptions
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
    const { recorder, run, agent, quota, upstream, guarding, calls } = this.#deps
    const items = typeof request.input === 'string' ? [] : request.input
    await recorder.record(items.filter(({ type }) => type === 'function_call_result'))
    await this.#checkInput(items)
    const maxTokens = agent.maxTokens ?? defaultMaxTokens
    const inputTokens = tokensIn(JSON.stringify([request.systemInstructions, items, request.tools]))
    const most = { model: this.#deps.modelName, inputTokens, outputTokens: maxTokens }
    const reservation = await quota.reserve(run.tenantId, most)
    if (!reservation) throw new BudgetSpent('The budget for models is spent.')
    calls.count += 1
    const guess = { ...this.#row(calls.count), inputTokens }
    await this.#deps.agentUsage.record(guess)
    const gate = new OutputGate(guarding)
    let done: Done | null = null
    let outputChars = 0
    try {
      for await (const event of upstream.getStreamedResponse({ ...request, tracing: false })) {
        if (event.type === 'response_started') yield event
        else if (event.type === 'output_text_delta') {
          outputChars += event.delta.length
          const delta = await gate.push(event.delta)
          if (delta !== '') yield { ...event, delta }
        } else if (event.type === 'response_done') {
          done = event
          // Providers may send a text whole: what no delta has brought is checked here.
          await guard(outputText(event), 'output', guarding)
          const rest = await gate.finish()
          if (rest !== '') yield { type: 'output_text_delta', delta: rest }
          await recorder.record(event.response.output)
          yield event
        }
      }
      if (done === null) throw new Error(modelFellSilent)
    } finally {
      if (done === null && request.signal?.aborted === true && gate.released !== '')
        await recorder.record([partial(gate.released)])
      const used = done ? usageOf(done) : { ...guess, outputTokens: Math.ceil(outputChars / 4) }
      await this.#deps.agentUsage.record({ ...guess, ...used, estimated: done === null })
      await reservation.settle({ ...used, model: this.#deps.modelName })
    }
  }

  /** What the user said, once for each agent: those reached by a handoff too. */
  async #checkInput(items: readonly ItemContent[]): Promise<void> {
    if (this.#isInputChecked) return
    this.#isInputChecked = true
    const said = items.findLast((item) => roleOf(item) === 'user')
    if (said) await guard(textOf(said), 'input', this.#deps.guarding)
  }

  #row(call: number): ModelCall {
    const { run, agent, modelName, clock } = this.#deps
    return {
      tenantId: run.tenantId,
      runId: run.id,
      call,
      agent: agent.name,
      model: modelName,
      inputTokens: 0,
      cachedTokens: 0,
      outputTokens: 0,
      reasoningTokens: 0,
      estimated: true,
      createdAt: clock.now(),
    }
  }
}

/** Four characters to a token, as providers advise to reckon. */
const tokensIn = (text: string): number => Math.ceil(text.length / 4)

const outputText = ({ response }: Done): string => response.output.map(textOf).join('\n')

function usageOf({ response: { usage } }: Done) {
  const detail = (details: unknown, name: string): number => {
    const all = Array.isArray(details) ? details : [details]
    return all.reduce<number>((sum, each) => sum + Number((each as Record<string, unknown>)?.[name] ?? 0), 0)
  }
  return {
    inputTokens: usage.inputTokens,
    outputTokens: usage.outputTokens,
    cachedTokens: detail(usage.inputTokensDetails, 'cached_tokens'),
    reasoningTokens: detail(usage.outputTokensDetails, 'reasoning_tokens'),
  }
}

const partial = (text: string): Done['response']['output'][number] => ({
  type: 'message',
  role: 'assistant',
  status: 'incomplete',
  content: [{ type: 'output_text', text }],
})
