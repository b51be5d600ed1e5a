import { newId } from '@corbel/core'
import type { AgentRunId } from '../ports/conversation-items.ts'

/** The runs that this process works on. */
export class RunningRuns {
  /** Names this process in leases. */
  readonly owner: string = newId('own')
  readonly #runs = new Map<AgentRunId, AbortController>()

  begin(id: AgentRunId): AbortSignal {
    const controller = new AbortController()
    this.#runs.set(id, controller)
    return controller.signal
  }

  end(id: AgentRunId): void {
    this.#runs.delete(id)
  }

  /** Whether it was at work here. */
  abort(id: AgentRunId, reason: 'cancelled' | 'lost'): boolean {
    this.#runs.get(id)?.abort(reason)
    return this.#runs.has(id)
  }
}
