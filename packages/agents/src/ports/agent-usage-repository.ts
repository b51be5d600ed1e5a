import type { Id } from '@corbel/core'

export interface ModelCall {
  readonly tenantId: Id<'ten'>
  readonly runId: Id<'arn'>
  /** Which call of the run, from 1. */
  readonly call: number
  readonly agent: string
  readonly model: string
  readonly inputTokens: number
  readonly cachedTokens: number
  readonly outputTokens: number
  readonly reasoningTokens: number
  /** Whether the numbers are a guess from the length of the texts: the provider has not told, or not yet. */
  readonly estimated: boolean
  readonly createdAt: Date
}

export interface AgentUsageTotal {
  readonly modelCalls: number
  readonly inputTokens: number
  readonly outputTokens: number
  /** Of the files that there are now, those to come included. */
  readonly fileBytes: number
}

/** What every call of a model used: one row for each, also when it was cut short. */
export interface AgentUsageRepository {
  /** Writes the row of a call; again, with the model and the numbers that are known now, it replaces them, unless those were no guess. */
  record(call: ModelCall): Promise<void>
  /** The calls of a run, in their order. */
  list(tenantId: Id<'ten'>, runId: Id<'arn'>): Promise<readonly ModelCall[]>
  /** Sums up the calls of a tenant that were made from `from` on and before `until`. */
  count(tenantId: Id<'ten'>, span: { readonly from: Date; readonly until: Date }): Promise<AgentUsageTotal>
}
