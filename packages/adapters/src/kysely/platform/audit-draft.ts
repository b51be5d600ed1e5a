import { auditDraftOf, type DomainEvent, type Id } from '@corbel/core/ports'

/** What `corbel_audit_append` takes, for an event that is to be audited. */
export function auditArguments(event: DomainEvent, id: Id<'evt'>, now: Date) {
  const draft = auditDraftOf(event, id, now)
  return draft && { chain: chainOf(event.tenantId), ...draft }
}

/** The chain of the platform has the empty name. */
export const chainOf = (tenantId: Id<'ten'> | null): string => tenantId ?? ''
