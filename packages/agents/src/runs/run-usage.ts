import type { AgentRunRecord } from '../ports/agent-run-repository.ts'
import type { AgentUsageRepository, ModelCall } from '../ports/agent-usage-repository.ts'

/** What the calls of models of a run used, in storage and here. */
export class RunUsage {
  readonly #agentUsage: AgentUsageRepository
  readonly #calls = new Map<number, ModelCall>()
  #count = 0

  private constructor(agentUsage: AgentUsageRepository, before: readonly ModelCall[]) {
    this.#agentUsage = agentUsage
    for (const call of before) this.note(call)
  }

  static async of(agentUsage: AgentUsageRepository, run: AgentRunRecord): Promise<RunUsage> {
    const isFirst = run.attempts === 1 && run.pauses === 0
    return new RunUsage(agentUsage, isFirst ? [] : await agentUsage.list(run.tenantId, run.id))
  }

  get calls(): readonly ModelCall[] {
    return [...this.#calls.values()]
  }

  /** The number of the next call. */
  next(): number {
    return (this.#count += 1)
  }

  async record(call: ModelCall): Promise<void> {
    await this.#agentUsage.record(call)
    this.note(call)
  }

  /** One whose row was written with what it said. */
  note(call: ModelCall): void {
    this.#calls.set(call.call, call)
    this.#count = Math.max(this.#count, call.call)
  }
}
