import { content, defineContract, json, ok, PageErrors, pageOf, scope } from '@corbel/core'
import { AuthErrors } from '../auth-errors.ts'
import { AuthPermissions } from '../auth-permissions.ts'
import { AuditEvent, AuditExportQuery, AuditQuery, AuditVerdict, VerifyAudit } from './audit.ts'

const access = scope(AuthPermissions.readAudit.scope)

export const auditContract = defineContract('audit', '/api/v1/audit', {
  list: {
    method: 'GET',
    path: '/events',
    access,
    summary: 'List what was done in your tenant, and what was refused, newest first',
    query: AuditQuery,
    success: ok(pageOf(AuditEvent)),
    errors: [PageErrors.invalidCursor, AuthErrors.notYourTrail],
  },
  export: {
    method: 'GET',
    path: '/export',
    access,
    summary: 'Download the audit trail of your tenant, oldest first, as one JSON object per line',
    description:
      'Each line is an event as in the list, and its `hash`, which covers the hash of the line before it in the whole trail.',
    query: AuditExportQuery,
    success: content('application/x-ndjson'),
    errors: [AuthErrors.notYourTrail],
    rateLimit: { name: 'audit-export', by: 'tenant', limit: 10, window: '1m' },
  },
  verify: {
    method: 'POST',
    path: '/verify',
    access,
    summary: 'Find out whether the audit trail of your tenant is still what was written',
    description:
      'Calculates the whole chain again. Keep `head` outside of the database and send it with a later call: then a trail that was rewritten as a whole is found too.',
    body: json(VerifyAudit),
    success: ok(AuditVerdict),
    errors: [AuthErrors.notYourTrail],
    rateLimit: { name: 'audit-verify', by: 'tenant', limit: 10, window: '1m' },
    idempotent: false,
  },
})
