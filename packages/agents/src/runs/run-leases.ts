import { addMilliseconds, type Clock } from '@corbel/core'
import type { Logger } from '@corbel/core/ports'
import type { AgentRunRecord, AgentRunRepository, RunLease } from '../ports/agent-run-repository.ts'
import type { RunningRuns } from './running-runs.ts'

export interface RunLeasesDeps {
  readonly agentRuns: AgentRunRepository
  readonly running: RunningRuns
  readonly clock: Clock
  readonly logger: Logger
}

/** Long enough for a process that is busy, short enough for somebody who waits. */
const leaseMs = 30_000
const renewMs = 10_000

/** The right of this process to work on runs. One that is lost, or was asked to end elsewhere, is aborted here. */
export class RunLeases {
  readonly #deps: RunLeasesDeps

  constructor(deps: RunLeasesDeps) {
    this.#deps = deps
  }

  take(): RunLease {
    const { running, clock } = this.#deps
    return { owner: running.owner, until: addMilliseconds(clock.now(), leaseMs) }
  }

  /** Prolongs the lease until it is let go. */
  hold(run: AgentRunRecord): () => void {
    let timer: NodeJS.Timeout
    let isHeld = true
    const wait = (): void => {
      if (isHeld) timer = setTimeout(() => void this.renew(run).then(wait), renewMs).unref()
    }
    wait()
    return () => {
      isHeld = false
      clearTimeout(timer)
    }
  }

  async renew(run: AgentRunRecord): Promise<void> {
    const { agentRuns, running, logger } = this.#deps
    try {
      const standing = await agentRuns.renew(run.tenantId, run.id, this.take())
      if (standing !== 'held') running.abort(run.id, standing === 'lost' ? 'lost' : 'cancelled')
    } catch (error) {
      logger.warn('the lease of a run was not prolonged', { runId: run.id, error })
    }
  }
}
