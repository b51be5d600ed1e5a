import { implement, type Route } from '@corbel/core'
import type { IntakeService } from './intake-service.ts'
import { webhookContract } from './webhook-contract.ts'

export const webhookRoutes = (intake: IntakeService): readonly Route[] =>
  implement(webhookContract, {
    stripe: ({ body, request }) => intake.receive(body, request.headers.get('stripe-signature')),
  })
