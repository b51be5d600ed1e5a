import type { Clock } from '@corbel/core'
import type { Counter, Histogram, Meter, Span, Tracer } from '@corbel/core/ports'
import { AgentsMetrics } from '../agents-metrics.ts'
import type { OpenedModel } from '../models/fallback-model.ts'
import type { AgentRunRecord } from '../ports/agent-run-repository.ts'
import type { HostedToolKind } from '../tools/hosted-tool.ts'
import type { ModelCall } from '../ports/agent-usage-repository.ts'

export interface AgentsTelemetryDeps {
  readonly clock: Clock
  readonly meter: Meter
  readonly tracer: Tracer
}

export type ModelOutcome = 'completed' | 'failed' | 'aborted' | 'refused'
export type ToolOutcome = 'completed' | 'failed' | 'refused' | 'withheld'

export interface ToolCallSubject {
  readonly run: AgentRunRecord
  readonly agent: string
  readonly tool: string
  readonly callId: string
}

/** A failure as traces may show it: nothing of what was thrown, which may hold anything. */
const failure = (code: string, message: string): Error => Object.assign(new Error(message), { code })

/**
 * What runs do, as traces and metrics have it. Spans have the names and attributes of OpenTelemetry's semantic conventions for
 * generative AI; what was said is no part of them.
 */
export class AgentsTelemetry {
  readonly #deps: AgentsTelemetryDeps
  readonly #runs: Counter
  readonly #modelCalls: Counter
  readonly #modelDuration: Histogram
  readonly #tokens: Counter
  readonly #toolCalls: Counter

  constructor(deps: AgentsTelemetryDeps) {
    this.#deps = deps
    this.#runs = deps.meter.counter(AgentsMetrics.runs)
    this.#modelCalls = deps.meter.counter(AgentsMetrics.modelCalls)
    this.#modelDuration = deps.meter.histogram(AgentsMetrics.modelDuration)
    this.#tokens = deps.meter.counter(AgentsMetrics.tokens)
    this.#toolCalls = deps.meter.counter(AgentsMetrics.toolCalls)
  }

  /**
   * The work of one process on a run, within the request that asked for it, which it outlives. Where another process goes on, or a
   * run goes on after it has waited, it is a trace of its own, of the same `corbel.run_id`.
   */
  run<T>(run: AgentRunRecord, traceparent: string | null, work: (span: Span) => Promise<T>): Promise<T> {
    const attributes = { ...common('invoke_agent', run), 'corbel.attempt': run.attempts }
    return this.#deps.tracer.within(traceparent).span('invoke_agent', attributes, work)
  }

  /** @param told - What it failed of, in words for people. */
  runEnded(
    span: Span,
    { agent, outcome }: { readonly agent: string; readonly outcome: string },
    told: { readonly code: string; readonly text: string } | null = null,
  ): void {
    this.#runs.add({ agent, outcome })
    span.set({ 'gen_ai.agent.name': agent, 'corbel.outcome': outcome })
    if (told) span.fail(failure(told.code, told.text))
  }

  /** A call of a model, or of those that are tried after it, open until it is ended. */
  async openModelCall(
    within: Span,
    run: AgentRunRecord,
    agent: string,
    first: OpenedModel,
    maxTokens: number,
  ) {
    const { clock } = this.#deps
    const begun = clock.now().getTime()
    const { promise: ended, resolve: end } = Promise.withResolvers<void>()
    const { promise: opened, resolve: open } = Promise.withResolvers<Span>()
    const attributes = {
      ...common('chat', run),
      'gen_ai.provider.name': first.provider,
      'gen_ai.agent.name': agent,
      'gen_ai.request.model': first.name,
      'gen_ai.request.max_tokens': maxTokens,
    }
    const work = (span: Span): Promise<void> => {
      open(span)
      return ended
    }
    void within.span(`chat ${first.name}`, attributes, work, 'client')
    const span = await opened
    return {
      /** @param provider - Who answered. */
      end: (outcome: ModelOutcome, { model, inputTokens, outputTokens }: ModelCall, provider: string) => {
        span.set({
          'gen_ai.provider.name': provider,
          'gen_ai.response.model': model,
          'gen_ai.usage.input_tokens': inputTokens,
          'gen_ai.usage.output_tokens': outputTokens,
          'corbel.outcome': outcome,
        })
        if (outcome === 'failed') span.fail(failure('model_failed', 'The model failed to answer.'))
        end()
        this.#modelCalls.add({ agent, model, outcome })
        this.#modelDuration.record((clock.now().getTime() - begun) / 1000, { agent, model })
        this.#tokens.add({ agent, model, kind: 'input' }, inputTokens)
        this.#tokens.add({ agent, model, kind: 'output' }, outputTokens)
      },
    }
  }

  modelRefused(agent: string, model: string): void {
    this.#modelCalls.add({ agent, model, outcome: 'refused' })
  }

  /** A call that the provider of a model has carried out. */
  hostedCall(agent: string, tool: HostedToolKind, status: string): void {
    this.#toolCalls.add({ agent, tool, outcome: status === 'completed' ? 'completed' : 'failed' })
  }

  /** @returns The text of what became of the call. */
  async toolCall(
    within: Span,
    { run, agent, tool, callId }: ToolCallSubject,
    work: () => Promise<{ readonly outcome: ToolOutcome; readonly text: string }>,
  ): Promise<string> {
    const attributes = {
      ...common('execute_tool', run),
      'gen_ai.agent.name': agent,
      'gen_ai.tool.name': tool,
      'gen_ai.tool.call.id': callId,
    }
    const called = await within.span(`execute_tool ${tool}`, attributes, async (span) => {
      try {
        const { outcome, text } = await work()
        span.set({ 'corbel.outcome': outcome })
        return { outcome, text }
      } catch (error) {
        span.fail(failure('tool_failed', 'The tool failed.'))
        return { outcome: 'failed', error } as const
      }
    })
    this.#toolCalls.add({ agent, tool, outcome: called.outcome })
    if ('error' in called) throw called.error
    return called.text
  }
}

const common = (operation: string, { id, tenantId, conversationId }: AgentRunRecord) => ({
  'gen_ai.operation.name': operation,
  'gen_ai.conversation.id': conversationId,
  'corbel.run_id': id,
  'corbel.tenant_id': tenantId,
})
