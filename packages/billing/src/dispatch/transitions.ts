import type { Id } from '@corbel/core'
import type { DomainEvent } from '@corbel/core/ports'
import { BillingEvents } from '../billing-events.ts'
import type { GatewayInvoice, GatewaySubscription } from '../gateway/gateway-objects.ts'
import type { ProjectedObject } from '../ports/projection-repository.ts'
import { isSame } from './is-same.ts'
import { isTerminal } from './stages.ts'

export interface Transition {
  readonly tenantId: Id<'ten'>
  /** Null for an object that is new here. */
  readonly from: ProjectedObject | null
  readonly to: ProjectedObject
  /** That of the new state. */
  readonly version: number
}

/** What happened, in our terms; nothing when nothing did. Effects hang on these and never on the events of the gateway. */
export function eventsOf({ tenantId, from, to, version }: Transition): readonly DomainEvent[] {
  if (to.type === 'invoice')
    return invoiceEvents(tenantId, from?.type === 'invoice' ? from.value : null, to.value, version)
  return subscriptionEvents(tenantId, from?.type === 'subscription' ? from.value : null, to.value, version)
}

function subscriptionEvents(
  tenantId: Id<'ten'>,
  from: GatewaySubscription | null,
  to: GatewaySubscription,
  version: number,
): readonly DomainEvent[] {
  const changes = changedKeys(from, to)
  if (changes.length === 0) return []
  const payload = { subscriptionId: to.id, status: to.status, version }
  const changed = BillingEvents.subscriptionChanged(tenantId, {
    ...payload,
    previousStatus: from?.status ?? null,
    changes,
  })
  const wasOver = from !== null && isTerminal({ type: 'subscription', value: from })
  const isOver = isTerminal({ type: 'subscription', value: to })
  return [
    changed,
    ...(isUsable(to) && !(from && isUsable(from))
      ? [BillingEvents.subscriptionActivated(tenantId, payload)]
      : []),
    ...(isOver && !wasOver ? [BillingEvents.subscriptionEnded(tenantId, payload)] : []),
  ]
}

const isUsable = ({ status }: GatewaySubscription): boolean => status === 'active' || status === 'trialing'

function invoiceEvents(
  tenantId: Id<'ten'>,
  from: GatewayInvoice | null,
  to: GatewayInvoice,
  version: number,
): readonly DomainEvent[] {
  if (changedKeys(from, to).length === 0) return []
  const { id: invoiceId, status, currency, total, amountPaid, attempts } = to
  return [
    BillingEvents.invoiceChanged(tenantId, {
      invoiceId,
      status,
      currency,
      total,
      amountPaid,
      attempts,
      version,
      previousStatus: from?.status ?? null,
    }),
  ]
}

const changedKeys = <T extends object>(from: T | null, to: T): readonly string[] =>
  (Object.keys(to) as (keyof T & string)[]).filter((key) => from === null || !isSame(from[key], to[key]))
