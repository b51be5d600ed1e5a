import type { Id } from '@corbel/core'
import type { Command } from './command-repository.ts'
import type { CustomerRecord } from './customer-repository.ts'
import type { ClaimedInboxEvent } from './inbox-repository.ts'
import type { Projection } from './projection-repository.ts'

export interface InboxRow extends Omit<ClaimedInboxEvent, 'receipt'> {
  readonly receipt: string | null
}

export interface CommandRow extends Command {
  readonly receipt: string | null
  readonly dueAt: Date
}

/** What the reference implementations keep. Rows are replaced, never changed, so that a copy of the maps is a snapshot. */
export interface BillingTables {
  /** By {@link inboxKey}. */
  readonly billingInbox: Map<string, InboxRow>
  readonly billingCustomers: Map<Id<'ten'>, CustomerRecord>
  readonly billingCommands: Map<Id<'cmd'>, CommandRow>
  /** By type and id. */
  readonly billingObjects: Map<string, Projection>
}

export const billingTables = (): BillingTables => ({
  billingInbox: new Map(),
  billingCustomers: new Map(),
  billingCommands: new Map(),
  billingObjects: new Map(),
})

export const inboxKey = ({ account, id }: { readonly account: string; readonly id: string }): string =>
  `${account} ${id}`
