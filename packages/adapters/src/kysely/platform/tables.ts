import type { DeliveryStatus, Id } from '@corbel/core/ports'
import type { GeneratedAlways } from 'kysely'

export interface PlatformTables {
  corbel_outbox: {
    id: string
    seq: GeneratedAlways<string>
    type: string
    tenant_id: string | null
    payload: unknown
    occurred_at: Date
    attempts: number
    due_at: Date | null
    last_error: string | null
    audit_seq: string | null
    activity: unknown
  }
  corbel_audit_chains: {
    tenant_id: string
    head_seq: string
    head_hash: string
    base_seq: string
    base_hash: string
  }
  corbel_audit_events: {
    tenant_id: string
    seq: string
    hash: string
    content: string
    personal: string | null
    personal_digest: string
    occurred_at: GeneratedAlways<string>
    type: GeneratedAlways<string>
    outcome: GeneratedAlways<string>
    actor_id: GeneratedAlways<string | null>
    subject_id: GeneratedAlways<string | null>
    owner_id: GeneratedAlways<string | null>
  }
  corbel_jobs: {
    seq: GeneratedAlways<string>
    id: string
    name: string
    tenant_id: string | null
    payload: unknown
    singleton_key: string | null
    attempts: number
    due_at: Date
    receipt: string | null
    last_error: string | null
    died_at: Date | null
  }
  corbel_deliveries: {
    id: Id<'dlv'>
    route: string
    recipient: string
    tenant_id: Id<'ten'> | null
    event_id: Id<'evt'>
    event_seq: string
    event_type: string
    payload: unknown
    occurred_at: Date
    status: DeliveryStatus
    attempts: number
    result: string | null
    created_at: Date
    due_at: Date | null
    ended_at: Date | null
    receipt: string | null
  }
  corbel_idempotency_keys: {
    scope: string
    key: string
    fingerprint: string
    claim: string
    lease_until: Date
    expires_at: Date
    status: number | null
    headers: Readonly<Record<string, string>> | null
    body: string | null
  }
  corbel_migrations: { name: string; checksum: string; applied_at: Date }
}
