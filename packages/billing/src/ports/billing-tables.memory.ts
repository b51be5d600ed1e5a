import type { Id } from '@corbel/core'
import type { Command } from './command-repository.ts'
import type { CustomerRecord } from './customer-repository.ts'
import type { ClaimedInboxEvent } from './inbox-repository.ts'
import type { Projection } from './projection-repository.ts'
import type { QuotaReservation } from './quota-store.ts'
import type { ReconciliationMark } from './reconciliation-repository.ts'
import type { UsageRecord } from './usage-repository.ts'

export interface InboxRow extends Omit<ClaimedInboxEvent, 'receipt'> {
  readonly receipt: string | null
}

export interface CommandRow extends Command {
  readonly receipt: string | null
  readonly dueAt: Date
}

export interface CustomerRow extends CustomerRecord {
  readonly retiredAt: Date | null
}

export interface QuotaRow extends Omit<QuotaReservation, 'limit' | 'now'> {
  readonly state: 'held' | 'ended'
}

export interface UsageRow extends UsageRecord {
  readonly dueAt: Date | null
}

/** What the reference implementations keep. Rows are replaced, never changed, so that a copy of the maps is a snapshot. */
export interface BillingTables {
  /** By {@link inboxKey}. */
  readonly billingInbox: Map<string, InboxRow>
  /** By id of the customer. */
  readonly billingCustomers: Map<string, CustomerRow>
  readonly billingCommands: Map<Id<'cmd'>, CommandRow>
  /** By account. */
  readonly billingMarks: Map<string, ReconciliationMark>
  /** By type and id. */
  readonly billingObjects: Map<string, Projection>
  /** By tenant and idempotency key. */
  readonly billingUsage: Map<string, UsageRow>
  /** By tenant and id of the reservation. */
  readonly billingQuotas: Map<string, QuotaRow>
  /** By counter. */
  readonly billingSpent: Map<string, number>
}

export const billingTables = (): BillingTables => ({
  billingInbox: new Map(),
  billingCustomers: new Map(),
  billingCommands: new Map(),
  billingMarks: new Map(),
  billingObjects: new Map(),
  billingUsage: new Map(),
  billingQuotas: new Map(),
  billingSpent: new Map(),
})

export const inboxKey = ({ account, id }: { readonly account: string; readonly id: string }): string =>
  `${account} ${id}`
