import { defineContract, fresh, json, ok, operator } from '@corbel/core'
import { BillingErrors } from '../billing-errors.ts'
import { GatewayErrors } from '../gateway/gateway-errors.ts'
import { ReconcileReport, ReconcileRequest } from './reconciliation.ts'

export const reconciliationContract = defineContract('billing-reconciliation', '/api/v1/billing/reconcile', {
  reconcile: {
    method: 'POST',
    path: '',
    access: operator(fresh),
    summary: 'Take over what the payment provider has and was never told of, or show what that would change',
    description:
      'One page at a time: repeat it with nextCursor until that is null. First the events that never came, then every subscription as it is there, then those that are open here alone.',
    body: json(ReconcileRequest),
    success: ok(ReconcileReport),
    errors: [
      BillingErrors.notConfigured,
      GatewayErrors.busy,
      GatewayErrors.unavailable,
      GatewayErrors.misconfigured,
    ],
  },
})
