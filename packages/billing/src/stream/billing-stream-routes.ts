import { implement, type Route } from '@corbel/core'
import { billingStreamContract } from './billing-stream-contract.ts'
import type { BillingStreamService } from './billing-stream-service.ts'

export const billingStreamRoutes = (stream: BillingStreamService): readonly Route[] =>
  implement(billingStreamContract, {
    follow: async ({ principal, query, request }) =>
      stream.follow(
        principal.tenantId,
        request.headers.get('last-event-id') ?? query.after ?? null,
        request.signal,
      ),
  })
