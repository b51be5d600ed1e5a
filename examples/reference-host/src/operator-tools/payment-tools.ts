import {
  applyCatalog,
  defaultPlans,
  InboxQuery,
  planCatalog,
  ReconcileRequest,
  ReplayRequest,
} from '@corbel/billing'
import type { PaymentTools } from 'corbel'
import { HostError } from '../host-error.ts'
import type { Payments } from '../payments.ts'
import type { HostStack } from '../stack.ts'

/** The catalogue at the payment provider, and what the provider told. */
export function paymentTools(
  { billing: { inbox, reconciliation } }: HostStack,
  payments: Payments | null,
): PaymentTools {
  const catalog = () => {
    const found = payments?.billing.gateway?.catalog
    if (found) return found
    throw new HostError('Nothing takes the money: set ENABLE_BILLING=true and STRIPE_SECRET_KEY.')
  }
  return {
    catalog: {
      plan: async () => planCatalog(defaultPlans, catalog()),
      apply: async () => applyCatalog(defaultPlans, catalog()),
    },
    inbox: {
      list: async (query) => inbox.list(InboxQuery.parse(query)),
      get: (id) => inbox.get(id),
      replay: async (request) => inbox.replay(ReplayRequest.parse(request)),
    },
    reconcile: async (request) => reconciliation.reconcile(ReconcileRequest.parse(request)),
  }
}
