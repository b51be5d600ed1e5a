import type { Id } from '@corbel/core'
import type { DomainEvent } from '@corbel/core/ports'
import { BillingErrors } from '../billing-errors.ts'
import type { ClaimedInboxEvent, InboxOutcome, InboxSettlement } from '../ports/inbox-repository.ts'
import type { ProjectedObject, Projection } from '../ports/projection-repository.ts'
import type { Decision, EventGroup } from './decide.ts'
import { eventsOf } from './transitions.ts'

/** What is to be written, all of it in one transaction. */
export interface Conclusion {
  readonly save: Projection | null
  readonly record: readonly DomainEvent[]
  readonly settle: readonly InboxSettlement[]
}

/**
 * What follows from a decision. Whose an object is follows from its customer; what its metadata says is only a check.
 *
 * @throws `billing/customer-unknown` when it was made for a tenant whose customer is not known, or not known yet.
 */
export function conclude(
  { events }: EventGroup<ClaimedInboxEvent>,
  decision: Exclude<Decision, { readonly is: 'ask' }>,
  known: Projection | null,
  tenants: ReadonlyMap<string, Id<'ten'>>,
): Conclusion {
  const all = (outcome: InboxOutcome, tenantId: Id<'ten'> | null, note: string | null): Conclusion => ({
    save: null,
    record: [],
    settle: events.map(({ event: claim }) => ({ claim, outcome, tenantId, note })),
  })
  if (decision.is === 'gone')
    return all('ignored', known?.tenantId ?? null, 'the gateway knows no such object')
  if (decision.is === 'covered') return all('superseded', known?.tenantId ?? null, decision.note)

  const { object, fetchedAt } = decision
  const tenantId = tenants.get(object.value.customerId)
  const named = namedTenant(object)
  if (tenantId === undefined) {
    if (named === null) return all('ignored', null, 'the customer belongs to no tenant')
    throw BillingErrors.customerUnknown({ detail: `customer ${object.value.customerId} of ${named}` })
  }
  if (named !== null && named !== tenantId)
    return all('dead', tenantId, `the metadata name ${named}, but the customer belongs to ${tenantId}`)
  if (known !== null && known.tenantId !== tenantId)
    return all('dead', tenantId, `the object belonged to ${known.tenantId} before`)

  const [{ event: newest }, ...older] = events
  const version = (known?.version ?? 0) + 1
  const record = eventsOf({ tenantId, from: known?.object ?? null, to: object, version })
  return {
    save: {
      tenantId,
      object,
      seenAt: known && known.seenAt > newest.occurredAt ? known.seenAt : newest.occurredAt,
      fetchedAt: fetchedAt ?? known?.fetchedAt ?? null,
      version: record.length > 0 ? version : (known?.version ?? 1),
    },
    record,
    settle: [
      { claim: newest, outcome: 'done', tenantId, note: record.length > 0 ? null : 'no change' },
      ...older.map(({ event: claim }) => ({
        claim,
        outcome: 'superseded' as const,
        tenantId,
        note: `by ${newest.id}`,
      })),
    ],
  }
}

const namedTenant = (object: ProjectedObject): string | null =>
  object.type === 'subscription' ? object.value.tenantId : null
