import type {
  Command,
  InboxDraft,
  InboxStatus,
  ProjectedObject,
  ProjectedType,
  UsageState,
} from '@corbel/billing/ports'
import type { Id } from '@corbel/core/ports'
import type { ColumnType, Generated, GeneratedAlways } from 'kysely'

export interface BillingTables {
  corbel_billing_customers: {
    tenant_id: Id<'ten'>
    customer_id: string
    created_at: Date
    retired_at: ColumnType<Date | null, never, Date>
  }
  corbel_billing_objects: {
    tenant_id: Id<'ten'>
    type: ProjectedType
    id: string
    state: ProjectedObject['value']
    created_at: Date
    seen_at: Date
    fetched_at: Date | null
    version: number
  }
  corbel_billing_commands: {
    id: Id<'cmd'>
    tenant_id: Id<'ten'>
    lane: Command['lane']
    operation: Command['operation']
    input: unknown
    key: string
    recorded_at: Date
    status: Generated<Command['status']>
    attempts: number
    due_at: Date
    receipt: string | null
    result_id: string | null
    note: string | null
    ended_at: Date | null
  }
  corbel_billing_marks: {
    account: string
    reached_at: Date
    started_at: Date | null
    cursor: string | null
  }
  corbel_billing_quotas: {
    tenant_id: Id<'ten'>
    feature_key: string
    period_start: Date
    spent: Generated<string>
    reserved: Generated<string>
  }
  corbel_billing_reservations: {
    tenant_id: Id<'ten'>
    id: Id<'rsv'>
    feature_key: string
    period_start: Date
    held: string
    ended: Generated<boolean>
    expires_at: Date
  }
  corbel_billing_usage: {
    tenant_id: Id<'ten'>
    idempotency_key: string
    id: Id<'use'>
    feature_key: string
    /** Digits as text. */
    quantity: string
    reference: string | null
    occurred_at: Date
    recorded_at: Date
    state: UsageState
    due_at: Date | null
    note: string | null
  }
  corbel_billing_inbox: {
    account: string
    id: string
    /** Text from Postgres, a number from PGlite. */
    seq: GeneratedAlways<string | number>
    kind: InboxDraft['kind']
    type: string
    object_type: string | null
    object_id: string | null
    tenant_id: Id<'ten'> | null
    api_version: string | null
    occurred_at: Date
    received_at: Date
    twin_id: string | null
    secret_index: number | null
    payload: unknown
    status: InboxStatus
    attempts: number
    lapses: Generated<number>
    due_at: Date | null
    ended_at: Date | null
    receipt: string | null
    note: string | null
    replays: number
  }
}
