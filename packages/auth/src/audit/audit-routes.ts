import { implement, type Route } from '@corbel/core'
import { auditContract } from './audit-contract.ts'
import type { AuditService } from './audit-service.ts'

export const auditRoutes = (audit: AuditService): readonly Route[] =>
  implement(auditContract, {
    list: ({ principal, query }) => audit.list(principal, query),
    export: async ({ principal, query }) => audit.export(principal, query),
    verify: ({ principal, body }) => audit.verify(principal, body),
  })
