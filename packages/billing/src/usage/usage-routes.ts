import { implement, type Route } from '@corbel/core'
import { ownTenant } from '../own-tenant.ts'
import { usageContract } from './usage-contract.ts'
import type { UsageService } from './usage-service.ts'

export const usageRoutes = (usage: UsageService): readonly Route[] =>
  implement(usageContract, {
    record: ({ principal, params, body }) => usage.record(ownTenant(principal, params), body),
    recordBatch: async ({ principal, params, body }) => ({
      records: await usage.recordAll(ownTenant(principal, params), body.records),
    }),
    totals: ({ principal, params, query }) => usage.totals(ownTenant(principal, params), query),
  })
