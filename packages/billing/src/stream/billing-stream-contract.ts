import { defineContract, eventStream, scope } from '@corbel/core'
import { BillingErrors } from '../billing-errors.ts'
import { BillingPermissions } from '../billing-permissions.ts'
import { BillingNotice, BillingStreamQuery } from './billing-notice.ts'

export const billingStreamContract = defineContract('billing-stream', '/api/v1/billing/stream', {
  follow: {
    method: 'GET',
    path: '',
    access: scope(BillingPermissions.read.scope),
    summary: 'Follow what happens to the subscription, the invoices and the quotas of your tenant',
    description:
      'Goes on after the event that Last-Event-ID or ?after= names. Without a place it begins with what is still known of the last 24 hours, at most 1,000 events, or, where ENABLE_BILLING_STREAM_REPLAY is off, with what happens next. An event "reset" with null says that some may have been missed: read the subscription again. Ends after 10 minutes: come back with the last id.',
    query: BillingStreamQuery,
    success: eventStream(BillingNotice.nullable()),
    errors: [BillingErrors.streamOff],
    rateLimit: { name: 'billing-stream', by: 'user', limit: 20, window: '1m' },
  },
})
