import * as z from 'zod'
import { fresh, operator } from '../../contract/access.ts'
import { defineContract } from '../../contract/contract.ts'
import { ok } from '../../contract/media.ts'
import { idSchema } from '../../kernel/id.ts'
import { PageErrors, pageOf } from '../../kernel/page.ts'
import { DeliveryErrors } from '../../ports/delivery-store.ts'
import { PlatformDelivery, PlatformDeliveryQuery } from './platform-delivery.ts'

export const platformDeliveryContract = defineContract('platform-deliveries', '/api/v1/platform/deliveries', {
  list: {
    method: 'GET',
    path: '',
    access: operator(),
    summary: 'List what left and what is to leave for all tenants, newest first',
    description:
      'Mails, webhooks and messages of the last 30 days. `status=dead` shows what was given up. What was said, and the address, are not shown.',
    query: PlatformDeliveryQuery,
    success: ok(pageOf(PlatformDelivery)),
    errors: [PageErrors.invalidCursor],
  },
  redeliver: {
    method: 'POST',
    path: '/{id}/redeliver',
    access: operator(fresh),
    summary: 'Send again what was delivered or given up, under the id of its event',
    params: z.object({ id: idSchema('dlv') }),
    success: ok(PlatformDelivery),
    errors: [DeliveryErrors.notFound],
  },
})
