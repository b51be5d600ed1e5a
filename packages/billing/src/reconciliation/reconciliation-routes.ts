import { implement, type Route } from '@corbel/core'
import { reconciliationContract } from './reconciliation-contract.ts'
import type { ReconciliationService } from './reconciliation-service.ts'

export const reconciliationRoutes = (reconciliation: ReconciliationService): readonly Route[] =>
  implement(reconciliationContract, {
    reconcile: ({ body, client }) => reconciliation.reconcile(body, client),
  })
