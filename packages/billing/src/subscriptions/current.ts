import type { Id } from '@corbel/core'
import { type GatewaySubscription, isOver } from '../gateway/gateway-objects.ts'
import type { ProjectionRepository } from '../ports/projection-repository.ts'

/** All that a tenant ever had, those made last first. */
export async function listSubscriptions(
  projections: Pick<ProjectionRepository, 'list'>,
  tenantId: Id<'ten'>,
): Promise<readonly GatewaySubscription[]> {
  const rows = await projections.list(tenantId, 'subscription', { limit: 1000, after: null })
  return rows.map(({ object }) => object.value)
}

/** The one that has not ended, or the last of all; null for a tenant that never had one. */
export const currentOf = (all: readonly GatewaySubscription[]): GatewaySubscription | null =>
  all.find((each) => !isOver(each)) ?? all[0] ?? null
