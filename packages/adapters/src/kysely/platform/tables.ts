import type { GeneratedAlways } from 'kysely'

export interface PlatformTables {
  corbel_outbox: {
    seq: GeneratedAlways<string>
    id: string
    type: string
    tenant_id: string | null
    payload: unknown
    occurred_at: Date
    attempts: number
    due_at: Date | null
    delivered_at: Date | null
    last_error: string | null
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
