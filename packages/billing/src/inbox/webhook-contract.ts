import { defineContract, ok, raw, webhook } from '@corbel/core'
import * as z from 'zod'
import { BillingErrors } from '../billing-errors.ts'
import { GatewayErrors } from '../gateway/gateway-errors.ts'

export const webhookContract = defineContract('billing-webhooks', '/webhooks', {
  stripe: {
    method: 'POST',
    path: '/stripe',
    access: webhook,
    summary: 'Receive events of the payment provider',
    description:
      'Answers 200 once the event is stored, also one of a type that is not known. Bodies must arrive as they were sent, snapshot and thin events alike.',
    body: raw('application/json'),
    success: ok(z.object({ success: z.literal(true), duplicate: z.boolean() })),
    errors: [
      GatewayErrors.invalidSignature,
      GatewayErrors.signatureOutOfTime,
      GatewayErrors.notAnEvent,
      BillingErrors.otherMode,
      BillingErrors.otherAccount,
      BillingErrors.notConfigured,
    ],
  },
})
