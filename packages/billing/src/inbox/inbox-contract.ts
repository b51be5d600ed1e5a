import { defineContract, fresh, json, ok, operator, PageErrors, pageOf } from '@corbel/core'
import { BillingErrors } from '../billing-errors.ts'
import { GatewayErrors } from '../gateway/gateway-errors.ts'
import {
  InboxEntry,
  InboxEntryDetail,
  InboxEntryId,
  InboxQuery,
  ReplayReport,
  ReplayRequest,
} from './inbox-entry.ts'

export const inboxContract = defineContract('billing-inbox', '/api/v1/billing/inbox', {
  list: {
    method: 'GET',
    path: '',
    access: operator(),
    summary: 'List the events of the payment provider, those that came in last first',
    query: InboxQuery,
    success: ok(pageOf(InboxEntry)),
    errors: [PageErrors.invalidCursor],
  },
  get: {
    method: 'GET',
    path: '/{id}',
    access: operator(),
    summary: 'Show an event of the payment provider with everything that was sent',
    params: InboxEntryId,
    success: ok(InboxEntryDetail),
    errors: [BillingErrors.eventNotFound],
  },
  replay: {
    method: 'POST',
    path: '/replay',
    access: operator(fresh),
    summary: 'Apply events again, or show what that would change',
    description:
      'What is known is not set back: an event that is older than what was applied since changes nothing. Events under way are left alone.',
    body: json(ReplayRequest),
    success: ok(ReplayReport),
    errors: [
      BillingErrors.notConfigured,
      GatewayErrors.busy,
      GatewayErrors.unavailable,
      GatewayErrors.misconfigured,
    ],
  },
})
