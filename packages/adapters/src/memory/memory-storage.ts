import {
  type AgentsRepositories,
  type AgentsTables,
  agentsTables,
  memoryAgentsRepositories,
} from '@corbel/agents/ports'
import {
  type AuthRepositories,
  type AuthTables,
  authTables,
  memoryAuthRepositories,
} from '@corbel/auth/ports'
import {
  type BillingRepositories,
  type BillingTables,
  billingTables,
  memoryBillingRepositories,
} from '@corbel/billing/ports'
import {
  type AuditTables,
  auditTables,
  type Clock,
  jobTable,
  memoryAuditLog,
  memoryDeliveries,
  memoryEventRecorder,
  memoryIdempotencyStore,
  memoryJobRecorder,
  memoryJobs,
  memoryOutbox,
  mergeJobs,
  mergeOutbox,
  outboxTable,
  type OutboxTable,
  type Storage,
  systemClock,
} from '@corbel/core/ports'
import {
  memoryStatusRepositories,
  type StatusRepositories,
  type StatusTables,
  statusTables,
} from '@corbel/core/status/ports'
import {
  memoryTenantRepositories,
  type TenantRepositories,
  type TenantTables,
  tenantTables,
} from '@corbel/core/tenant/ports'
import { EscapeGuard } from '../escape-guard.ts'

export interface MemoryRepositories {
  readonly status: StatusRepositories
  readonly tenant: TenantRepositories
  readonly auth: AuthRepositories
  readonly billing: BillingRepositories
  readonly agents: AgentsRepositories
}

export type MemoryStorage = Storage<MemoryRepositories>

export interface MemoryStorageOptions {
  /** @default systemClock */
  readonly clock?: Clock
}

type Tables = StatusTables & TenantTables & AuthTables & AuditTables & BillingTables & AgentsTables

/**
 * Keeps everything in this process: for tests, and to learn what the ports demand. One call or one transaction runs at a time.
 * A transaction works on a copy that replaces the original when it succeeds. Calling the storage from inside one of its own
 * transactions, other than through what the transaction lends, throws: on a database that call would escape the rollback.
 */
export function memoryStorage({ clock = systemClock }: MemoryStorageOptions = {}): MemoryStorage {
  const tables: Tables = {
    ...tenantTables(),
    ...statusTables(),
    ...authTables(),
    ...auditTables(),
    ...billingTables(),
    ...agentsTables(),
  }
  const committed = outboxTable()
  const jobs = jobTable()
  const guard = new EscapeGuard()
  const exclusive = queue()
  return {
    adapter: { name: 'memory', standIn },
    ...guard.around(
      {
        repositories: repositories(tables, committed, clock),
        outbox: memoryOutbox({ clock }, committed),
        jobs: memoryJobs({ clock }, jobs),
        deliveries: memoryDeliveries(
          { clock },
          undefined,
          committed,
          memoryEventRecorder({ clock }, committed, tables),
        ),
        idempotency: memoryIdempotencyStore({ clock }),
      },
      exclusive,
    ),
    async transaction(work) {
      guard.refuse('transaction')
      return exclusive(async () => {
        const copy = Object.fromEntries(
          Object.entries(tables).map(([name, rows]) => [name, new Map(rows)]),
        ) as unknown as Tables
        const recorded = outboxTable()
        const enqueued = jobTable()
        const result = await guard.inside(() =>
          work({
            repositories: repositories(copy, recorded, clock),
            events: memoryEventRecorder({ clock }, recorded, copy),
            jobs: memoryJobRecorder({ clock }, enqueued),
          }),
        )
        for (const name of Object.keys(tables) as (keyof Tables)[]) replace<unknown>(tables[name], copy[name])
        mergeOutbox(recorded, committed)
        mergeJobs(enqueued, jobs)
        return result
      })
    },
    check: async () => {},
  }
}

const standIn = {
  setting: 'DATABASE_URL',
  fix: 'Set DATABASE_URL to a Postgres database: what is kept in memory is lost when the process ends.',
}

const repositories = (tables: Tables, outbox: OutboxTable, clock: Clock): MemoryRepositories => ({
  status: memoryStatusRepositories(tables),
  tenant: memoryTenantRepositories(tables),
  auth: memoryAuthRepositories(
    tables,
    memoryEventRecorder({ clock }, outbox, tables),
    memoryAuditLog({ clock }, tables),
  ),
  billing: memoryBillingRepositories(tables),
  agents: memoryAgentsRepositories(tables),
})

function replace<T>(rows: Map<unknown, T>, by: Map<unknown, T>): void {
  rows.clear()
  for (const [key, row] of by) rows.set(key, row)
}

/** Runs calls one after another, in the order in which they were made. */
function queue(): <T>(run: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (run) => {
    const next = last.then(run)
    last = next.catch(() => {})
    return next
  }
}
