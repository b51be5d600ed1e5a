import type { Id } from '../kernel/id.ts'
import type { AuditOutcome } from './audit-mark.ts'

/** That members of the tenant are shown an event, and what of it beside its payload. Plain JSON. */
export interface ActivityMark {
  readonly outcome: AuditOutcome
  /** Id of what it happened to; null for the tenant itself. */
  readonly objectId: string | null
  /** The user or the machine whose right was used; null for the host itself. */
  readonly actorId: Id | null
  /** The operator who acted in the actor's name. */
  readonly impersonatorId: Id | null
  readonly requestId: string | null
}
