import type { Action } from '../run/command.ts'
import { listing } from '../run/listing.ts'
import type { PageFlags } from '../tree/parameters.ts'
import { withStack } from './with-stack.ts'

export type SubscriptionListFlags = PageFlags & { readonly target?: string }

export const action: Action<SubscriptionListFlags> = (invocation, { limit, cursor, target }) =>
  withStack(invocation, 'status', async ({ subscriptions }) =>
    listing(
      await subscriptions.list({
        limit,
        ...(cursor !== undefined && { cursor }),
        ...(target !== undefined && { target }),
      }),
      ['Subscription', 'Channel', 'State', 'Severity', 'Since'],
      ({ id, channel, state, severity, createdAt }) => [id, channel, state, severity, createdAt],
    ),
  )
