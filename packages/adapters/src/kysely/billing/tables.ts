import type { InboxDraft, InboxStatus } from '@corbel/billing/ports'
import type { Id } from '@corbel/core/ports'
import type { GeneratedAlways } from 'kysely'

export interface BillingTables {
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
    secret_index: number | null
    payload: unknown
    status: InboxStatus
    attempts: number
    due_at: Date | null
    ended_at: Date | null
    receipt: string | null
    note: string | null
    replays: number
  }
}
