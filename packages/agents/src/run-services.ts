import { type Duration, type JobHandler, type Platform, type TransactionScope, work } from '@corbel/core'
import type { DomainEvent, Job } from '@corbel/core/ports'
import type { AgentRegistry } from './agents/agent-registry.ts'
import type { McpTools } from './tools/mcp-tools.ts'
import type { FileService } from './files/file-service.ts'
import { MessageAttachments } from './files/message-attachments.ts'
import { ApprovalService } from './approvals/approval-service.ts'
import { PendingCalls } from './approvals/pending-calls.ts'
import { AgentsJobs } from './agents-jobs.ts'
import { modelsOf, type ModelSettingsValues } from './models/model-names.ts'
import type { TenantModels } from './models/tenant-models.ts'
import { RunMemory } from './memory/run-memory.ts'
import { SummaryService } from './memory/summary-service.ts'
import type { AgentsRepositories } from './ports/agents-repositories.ts'
import type { Quota } from './ports/quota.ts'
import { RunEnding } from './runs/run-ending.ts'
import { RunExecutor } from './runs/run-executor.ts'
import { RunLeases } from './runs/run-leases.ts'
import { RunService } from './runs/run-service.ts'
import { RunStreams } from './runs/run-streams.ts'
import { RunTurns } from './runs/run-turns.ts'
import { AgentsTelemetry } from './telemetry/agents-telemetry.ts'
import type { RunningRuns } from './runs/running-runs.ts'

export interface RunServices {
  readonly approvals: ApprovalService
  readonly runs: RunService
  readonly runStreams: RunStreams
  readonly summaries: SummaryService
}

export interface RunServicesDeps extends Platform, AgentsRepositories {
  readonly registry: AgentRegistry
  readonly fileService: FileService
  readonly mcpTools: McpTools | null
  readonly tenantModels: TenantModels
  readonly quota: Quota
  readonly running: RunningRuns
  readonly approvalTtl: Duration
  readonly modelSettings: ModelSettingsValues
  transaction<T>(work: (scope: TransactionScope<AgentsRepositories, unknown>) => Promise<T>): Promise<T>
}

export function runServices(deps: RunServicesDeps): RunServices {
  const record = (...events: readonly DomainEvent[]): Promise<void> =>
    deps.transaction((scope) => scope.events.record(...events))
  const pendingCalls = new PendingCalls(deps)
  const leases = new RunLeases(deps)
  const telemetry = new AgentsTelemetry(deps)
  const turns = new RunTurns({ ...deps, record, pendingCalls, telemetry })
  const enqueue = (job: Job): Promise<void> => deps.transaction(({ jobs }) => jobs.enqueue(job))
  const ending = new RunEnding({ ...deps, pendingCalls, leases, telemetry, enqueue })
  const memory = new RunMemory(deps)
  const runs = new RunService({
    ...deps,
    attachments: new MessageAttachments(deps),
    takenBy: (tenantId, agent) => deps.tenantModels.takenBy(tenantId, modelsOf(agent, deps.modelSettings)),
    leases,
    executor: new RunExecutor({ ...deps, turns, ending, leases, telemetry, memory }),
    transaction: (work) => deps.transaction(({ repositories }) => work(repositories)),
  })
  const approvals = new ApprovalService({
    ...deps,
    lease: () => leases.take(),
    drive: (run) => runs.drive(run),
    transaction: (work) => deps.transaction(({ repositories, events }) => work({ ...repositories, events })),
  })
  return { approvals, runs, runStreams: new RunStreams(runs, approvals), summaries: new SummaryService(deps) }
}

export const runJobs = ({ runs, summaries }: RunServices): readonly JobHandler[] => [
  work(AgentsJobs.summarize, async ({ tenantId, payload, signal }) => {
    if (tenantId !== null) await summaries.summarize(tenantId, payload, signal)
  }),
  { job: AgentsJobs.recoverRuns, run: () => runs.recover() },
]
