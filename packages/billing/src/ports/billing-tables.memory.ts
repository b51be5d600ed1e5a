import type { ClaimedInboxEvent } from './inbox-repository.ts'

export interface InboxRow extends Omit<ClaimedInboxEvent, 'receipt'> {
  readonly receipt: string | null
}

/** What the reference implementations keep. Rows are replaced, never changed, so that a copy of the maps is a snapshot. */
export interface BillingTables {
  /** By {@link inboxKey}. */
  readonly billingInbox: Map<string, InboxRow>
}

export const billingTables = (): BillingTables => ({ billingInbox: new Map() })

export const inboxKey = ({ account, id }: { readonly account: string; readonly id: string }): string =>
  `${account} ${id}`
