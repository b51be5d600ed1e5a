import { implement, type Route } from '../../http/implement.ts'
import { usageContract } from './usage-contract.ts'
import type { UsageService } from './usage-service.ts'

export const usageRoutes = (usage: UsageService): readonly Route[] =>
  implement(usageContract, { get: ({ principal, query }) => usage.get(principal.tenantId, query) })
