import type { Action } from '../run/command.ts'
import { listing } from '../run/listing.ts'
import type { PageFlags } from '../tree/parameters.ts'
import { withStack } from './with-stack.ts'

export type DeliveryListFlags = PageFlags & {
  readonly status?: string
  readonly route?: string
  readonly tenant?: string
}

export const action: Action<DeliveryListFlags> = (invocation, { limit, cursor, status, route, tenant }) =>
  withStack(invocation, 'deliveries', async (deliveries) =>
    listing(
      await deliveries.list({
        limit,
        ...(cursor !== undefined && { cursor }),
        ...(status !== undefined && { status }),
        ...(route !== undefined && { route }),
        ...(tenant !== undefined && { tenantId: tenant }),
      }),
      ['Delivery', 'Status', 'Attempts', 'Created', 'Route', 'Recipient', 'Event', 'Result'],
      ({ id, status: state, attempts, createdAt, route: way, recipient, eventType, result }) => [
        id,
        state,
        String(attempts),
        createdAt,
        way,
        recipient,
        eventType,
        result ?? '',
      ],
    ),
  )
