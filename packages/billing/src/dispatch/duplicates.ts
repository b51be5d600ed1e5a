import type { DomainEvent } from '@corbel/core/ports'
import { BillingEvents } from '../billing-events.ts'
import { isOver } from '../gateway/gateway-objects.ts'
import type { Projection, ProjectionRepository } from '../ports/projection-repository.ts'

/** What is kept of an object now, and what was known of it before. */
export interface Saved {
  readonly now: Projection
  readonly before: Projection | null
}

/**
 * Subscriptions that came to be beside another one of their tenant that has not ended, each told once: when it came to be. Only the
 * gateway's own dashboard makes any. To be called in the transaction that saves them, behind the save, with their customers locked.
 */
export async function duplicatesAmong(
  projections: Pick<ProjectionRepository, 'listOpenOf'>,
  saved: readonly Saved[],
): Promise<readonly DomainEvent[]> {
  const begun = saved.filter(({ now, before }) => isOpen(now) && !(before && isOpen(before)))
  if (begun.length === 0) return []
  const open = await projections.listOpenOf([...new Set(begun.map(({ now: { tenantId } }) => tenantId))])
  // Of two that came to be at once, the later one is told of.
  const told = new Set(begun.map(({ now }) => idOf(now)))
  return begun.toSorted(byTime).flatMap(({ now }) => {
    const { tenantId, version, object } = now
    if (object.type !== 'subscription') return []
    told.delete(idOf(now))
    const otherIds = open
      .filter((each) => each.tenantId === tenantId && idOf(each) !== idOf(now) && !told.has(idOf(each)))
      .map(idOf)
      .toSorted()
    if (otherIds.length === 0) return []
    const { id: subscriptionId, status } = object.value
    return [BillingEvents.subscriptionDuplicated(tenantId, { subscriptionId, status, version, otherIds })]
  })
}

const idOf = ({ object }: Projection): string => object.value.id

const isOpen = ({ object }: Projection): boolean => object.type === 'subscription' && !isOver(object.value)

const byTime = ({ now: a }: Saved, { now: b }: Saved): number =>
  Date.parse(a.object.value.createdAt) - Date.parse(b.object.value.createdAt) || (idOf(a) < idOf(b) ? -1 : 1)
