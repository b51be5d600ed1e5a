import type { Action } from '../run/command.ts'
import { listing } from '../run/listing.ts'
import type { PageFlags } from '../tree/parameters.ts'
import { selectionOf, type SelectionFlags } from './stripe-selection.ts'
import { withStack } from './with-stack.ts'

export type InboxListFlags = PageFlags & SelectionFlags

export const action: Action<InboxListFlags> = (invocation, flags) =>
  withStack(invocation, 'payments', async ({ inbox }) => {
    const { limit, cursor } = flags
    const page = await inbox.list({ limit, ...(cursor !== undefined && { cursor }), ...selectionOf(flags) })
    return listing(
      page,
      ['Event', 'Status', 'Attempts', 'Received', 'Type', 'Note'],
      ({ id, status, attempts, receivedAt, type, note }) => [
        id,
        status,
        String(attempts),
        receivedAt,
        type,
        note ?? '',
      ],
    )
  })
