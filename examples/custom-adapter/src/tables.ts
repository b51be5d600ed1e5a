import { type AuthTables, authTables } from '@corbel/auth/ports'
import {
  type AuditTables,
  auditTables,
  type DeliveryTable,
  deliveryTable,
  type JobTable,
  jobTable,
  type OutboxTable,
  outboxTable,
} from '@corbel/core/ports'
import { type TenantTables, tenantTables } from '@corbel/core/tenant/ports'
import type { Claim } from './journal-idempotency-store.ts'

/** Everything that is kept. Rows are replaced and never changed, so that a copy of the maps is a snapshot. */
export interface Tables extends TenantTables, AuthTables, AuditTables {
  readonly outbox: OutboxTable['entries']
  readonly jobs: JobTable['jobs']
  readonly deliveries: DeliveryTable['deliveries']
  readonly claims: Map<string, Claim>
}

/** A row as it is now; undefined when it is gone. */
export type Change = readonly [table: keyof Tables, key: string, row: unknown]

type Rows = Map<string, unknown>

export const emptyTables = (): Tables => ({
  ...tenantTables(),
  ...authTables(),
  ...auditTables(),
  outbox: outboxTable().entries,
  jobs: jobTable().jobs,
  ...deliveryTable(),
  claims: new Map(),
})

const names = Object.keys(emptyTables()) as readonly (keyof Tables)[]

export function copyOf(tables: Tables): Tables {
  return Object.fromEntries(
    names.map((name) => [name, new Map<string, unknown>(tables[name])]),
  ) as unknown as Tables
}

/** What has to change in `before` to make it `after`. */
export function changesBetween(before: Tables, after: Tables): readonly Change[] {
  return names.flatMap((name) => {
    const [old, now]: readonly Rows[] = [before[name], after[name]]
    if (!old || !now) return []
    const written = [...now].filter(([key, row]) => old.get(key) !== row)
    const removed = [...old.keys()].filter((key) => !now.has(key))
    return [
      ...written.map(([key, row]): Change => [name, key, row]),
      ...removed.map((key): Change => [name, key, undefined]),
    ]
  })
}

export function applyChanges(tables: Tables, changes: readonly Change[]): void {
  for (const [name, key, row] of changes) {
    const rows: Rows = tables[name]
    if (row === undefined) rows.delete(key)
    else rows.set(key, row)
  }
}
