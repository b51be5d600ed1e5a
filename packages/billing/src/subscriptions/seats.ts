import type { Id } from '@corbel/core'
import { BillingErrors } from '../billing-errors.ts'
import type { Plan } from '../catalog/plan.ts'
import type { GatewaySubscription } from '../gateway/gateway-objects.ts'
import type { TenantDirectory } from '../ports/tenant-directory.ts'

/** How many members a tenant has right now. */
export async function countMembers({ memberships }: TenantDirectory, tenantId: Id<'ten'>): Promise<number> {
  let count = 0
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await memberships.list(tenantId, { limit: 100, ...(cursor !== undefined && { cursor }) })
    count += page.data.length
    cursor = page.nextCursor
  }
  return count
}

/**
 * How many seats are to be paid for.
 *
 * @throws `billing/seats-out-of-range` for fewer than there are members, or more than the plan allows.
 */
export function seatsFor({ code, seats: { included, max } }: Plan, members: number, asked?: number): number {
  const seats = Math.max(asked ?? members, asked === undefined ? included : 1)
  if (seats < members)
    throw BillingErrors.seatsOutOfRange({ detail: `There are ${members} members and ${seats} seats.` })
  if (max !== null && seats > max)
    throw BillingErrors.seatsOutOfRange({ detail: `Plan ${code} has at most ${max} seats.` })
  return Math.max(seats, included)
}

/** What was asked for once stays the least; who never asked has a seat for each member. */
export const keptSeats = (
  { chosenSeats }: Pick<GatewaySubscription, 'chosenSeats'>,
  members: number,
): number | undefined => (chosenSeats ? Math.max(chosenSeats, members) : undefined)
