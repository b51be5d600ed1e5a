import type { Id } from '../kernel/id.ts'
import { hostOrigin } from '../kernel/origin.ts'
import type { AuditLink } from './audit-log.ts'
import type { DomainEvent } from './outbox.ts'

/** Types of the rows with which a trail speaks of itself: only what they say may be missing from it. */
export const auditNotices = { erased: 'core.audit.erased', purged: 'core.audit.purged' } as const

export const erasedNotice = (tenantId: Id<'ten'> | null, personId: string): DomainEvent => ({
  type: auditNotices.erased,
  tenantId,
  payload: { personId },
  audit: { outcome: 'success', subjectId: personId, origin: hostOrigin },
})

/** @param through - The newest row that is gone. */
export const purgedNotice = (tenantId: Id<'ten'> | null, through: AuditLink): DomainEvent => ({
  type: auditNotices.purged,
  tenantId,
  payload: { seq: through.seq, hash: through.hash },
  audit: { outcome: 'success', subjectId: null, origin: hostOrigin },
})
