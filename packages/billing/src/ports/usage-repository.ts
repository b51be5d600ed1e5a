import type { Id } from '@corbel/core/ports'

export interface UsageDraft {
  readonly id: Id<'use'>
  /** Chosen by whoever reports; unique within the tenant, for ever. */
  readonly idempotencyKey: string
  readonly featureKey: string
  /** A decimal number without needless zeros, at most 12 digits after the point; below zero in corrections. */
  readonly quantity: string
  /** What a correction is of. */
  readonly reference: string | null
  readonly occurredAt: Date
  readonly recordedAt: Date
  /** When the gateway is to be told; null for what it has no meter for. */
  readonly dueAt: Date | null
}

/** `local`: not for the gateway. */
export type UsageState = 'pending' | 'sent' | 'refused' | 'local'

export interface UsageRecord extends Omit<UsageDraft, 'dueAt'> {
  readonly tenantId: Id<'ten'>
  readonly state: UsageState
  readonly note: string | null
}

export interface DueUsage extends UsageRecord {
  /** Null while the tenant is no customer of the gateway. */
  readonly customerId: string | null
}

export type UsageKey = Pick<UsageRecord, 'tenantId' | 'id'>

export interface UsageSettlement extends UsageKey {
  readonly state: Exclude<UsageState, 'pending'>
  readonly note: string | null
}

export interface UsageTotal {
  readonly featureKey: string
  /** Exact, without needless zeros. */
  readonly quantity: string
  readonly records: number
}

/** What was used. A record is never changed or forgotten while its tenant exists; only whether the gateway knows of it is noted. */
export interface UsageRepository {
  /**
   * Keeps those whose key is new to the tenant. Gives for each draft, in their order, the record that its key names: the draft, or
   * what was kept under the key before it. Of concurrent callers one keeps its draft.
   */
  insert(tenantId: Id<'ten'>, drafts: readonly UsageDraft[]): Promise<readonly UsageRecord[]>
  /** Sums by feature of what occurred from `from` on and before `until`, in the order of their keys. */
  totals(
    tenantId: Id<'ten'>,
    period: { readonly from: Date; readonly until: Date },
  ): Promise<readonly UsageTotal[]>
  /**
   * Up to `limit` pending records that are due, longest due first, hidden from other callers for `leaseMs` milliseconds. Of concurrent
   * callers each record goes to one.
   */
  claim(options: {
    readonly limit: number
    readonly leaseMs: number
    readonly now: Date
  }): Promise<readonly DueUsage[]>
  /** What has ended stays as it is. */
  settle(settlements: readonly UsageSettlement[]): Promise<void>
  /** Makes pending records due at another time. */
  defer(records: readonly UsageKey[], dueAt: Date): Promise<void>
  /** Of all tenants: how many wait for the gateway, and how many it refused. */
  depth(): Promise<{ readonly pending: number; readonly refused: number }>
}
