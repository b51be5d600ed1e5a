import type { Origin } from '../kernel/origin.ts'

/** `denied`: the caller was known and had no right to it. `failure`: anything else that was refused. */
export type AuditOutcome = 'success' | 'failure' | 'denied'

/** That an event belongs into the audit trail, and what of it. */
export interface AuditMark {
  readonly outcome: AuditOutcome
  /** Id of what it happened to. */
  readonly subjectId: string | null
  readonly origin: Origin
}
