import type { JobHandler, Platform, TransactionScope } from '@corbel/core'
import type { DomainEvent } from '@corbel/core/ports'
import type { AgentRegistry } from './agents/agent-registry.ts'
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
  readonly runs: RunService
  readonly runStreams: RunStreams
}

export interface RunServicesDeps extends Platform, AgentsRepositories {
  readonly registry: AgentRegistry
  readonly models: Models
  readonly quota: Quota
  readonly running: RunningRuns
  readonly modelSettings: ModelSettingsValues
  transaction<T>(work: (scope: TransactionScope<AgentsRepositories, unknown>) => Promise<T>): Promise<T>
}

export function runServices(deps: RunServicesDeps): RunServices {
  const record = (...events: readonly DomainEvent[]): Promise<void> =>
    deps.transaction((scope) => scope.events.record(...events))
  const runs = new RunService({
    ...deps,
    executor: new RunExecutor({ ...deps, record }),
    transaction: (work) => deps.transaction(({ repositories }) => work(repositories)),
  })
  return { runs, runStreams: new RunStreams(runs) }
}

export const runJobs = ({ runs }: RunServices): readonly JobHandler[] => [
  { job: AgentsJobs.recoverRuns, run: () => runs.recover() },
]
