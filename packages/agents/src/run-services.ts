import type { Duration, JobHandler, Platform, TransactionScope } from '@corbel/core'
import type { DomainEvent } from '@corbel/core/ports'
import type { AgentRegistry } from './agents/agent-registry.ts'
import { ApprovalService } from './approvals/approval-service.ts'
import { PendingCalls } from './approvals/pending-calls.ts'
import { AgentsJobs } from './agents-jobs.ts'
import type { ModelSettingsValues } from './models/model-names.ts'
import type { AgentsRepositories } from './ports/agents-repositories.ts'
import type { Models } from './ports/models.ts'
import type { Quota } from './ports/quota.ts'
import { RunExecutor } from './runs/run-executor.ts'
import { RunService } from './runs/run-service.ts'
import { RunStreams } from './runs/run-streams.ts'
import type { RunningRuns } from './runs/running-runs.ts'

export interface RunServices {
  readonly approvals: ApprovalService
  readonly runs: RunService
  readonly runStreams: RunStreams
}

export interface RunServicesDeps extends Platform, AgentsRepositories {
  readonly registry: AgentRegistry
  readonly models: Models
  readonly quota: Quota
  readonly running: RunningRuns
  readonly approvalTtl: Duration
  readonly modelSettings: ModelSettingsValues
  transaction<T>(work: (scope: TransactionScope<AgentsRepositories, unknown>) => Promise<T>): Promise<T>
}

export function runServices(deps: RunServicesDeps): RunServices {
  const record = (...events: readonly DomainEvent[]): Promise<void> =>
    deps.transaction((scope) => scope.events.record(...events))
  const executor = new RunExecutor({ ...deps, record, pendingCalls: new PendingCalls(deps) })
  const runs = new RunService({
    ...deps,
    executor,
    transaction: (work) => deps.transaction(({ repositories }) => work(repositories)),
  })
  const approvals = new ApprovalService({
    ...deps,
    lease: () => executor.lease(),
    drive: (run) => runs.drive(run),
    transaction: (work) => deps.transaction(({ repositories, events }) => work({ ...repositories, events })),
  })
  return { approvals, runs, runStreams: new RunStreams(runs, approvals) }
}

export const runJobs = ({ runs }: RunServices): readonly JobHandler[] => [
  { job: AgentsJobs.recoverRuns, run: () => runs.recover() },
]
