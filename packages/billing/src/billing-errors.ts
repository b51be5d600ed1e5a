import { defineErrors } from '@corbel/core'

export const BillingErrors = defineErrors('billing', {
  notConfigured: {
    status: 503,
    title: 'Billing is switched off here.',
    fix: 'Whoever runs this service must set ENABLE_BILLING and connect a payment provider. What was sent is not lost: send it again then.',
  },
  otherMode: {
    status: 400,
    title: 'The event is of the other mode: live and test do not mix.',
    fix: 'Have the payment provider send live events to the live service and test events to the test service.',
  },
  otherAccount: {
    status: 400,
    title: 'The event is of another account.',
    fix: 'Remove this address from the endpoints for connected accounts, or set STRIPE_ACCOUNT_ID to the account that it is for.',
  },
  customerUnknown: {
    status: 422,
    title: 'An event is about a customer that is not known here.',
    fix: 'Check that the payment account is used by this service alone; then replay the event with POST /api/v1/billing/inbox/replay.',
  },
  changeInProgress: {
    status: 409,
    title: 'Another change is on its way to the payment provider.',
    fix: 'Repeat the request after the time that Retry-After says: what was begun is ended first.',
  },
  planUnknown: {
    status: 422,
    title: 'There is no such plan.',
    fix: 'Use the code of a plan from GET /api/v1/billing/plans, with an interval that it has a price for.',
  },
  planNotProvisioned: {
    status: 503,
    title: 'The payment provider does not sell this plan yet.',
    fix: 'Whoever runs this service must provision the catalogue of plans.',
  },
  seatsOutOfRange: {
    status: 422,
    title: 'The plan cannot be had with this many seats.',
    fix: 'Take at least one seat for each member, and no more than the plan allows.',
  },
  alreadySubscribed: {
    status: 409,
    title: 'The tenant has a subscription already.',
    fix: 'Change its plan or its seats instead of starting another.',
  },
  trialUsed: {
    status: 409,
    title: 'The tenant has had its trial.',
    fix: 'Subscribe without trialDays.',
  },
  noSubscription: {
    status: 404,
    title: 'The tenant has never had a subscription.',
    fix: 'Start one with POST /api/v1/billing/tenants/{tenantId}/subscription, or open a checkout.',
  },
  notChangeable: {
    status: 409,
    title: 'The subscription cannot be changed in its present state.',
    fix: 'Pay for what is open, resume it, or start a new one when it has ended.',
  },
  subscriptionEnded: {
    status: 409,
    title: 'The subscription has ended and cannot be resumed.',
    fix: 'Start a new one.',
  },
  previewExpired: {
    status: 409,
    title: 'The preview is no longer valid.',
    fix: 'Ask for a new preview and pass its previewToken unchanged within the hour, or leave it out.',
  },
  noCustomer: {
    status: 409,
    title: 'The tenant is not known to the payment provider yet.',
    fix: 'Start a subscription, open a checkout or add a payment method first.',
  },
  invoiceNotFound: {
    status: 404,
    title: 'There is no such invoice.',
    fix: 'List them with GET /api/v1/billing/tenants/{tenantId}/invoices.',
  },
  commandExpired: {
    status: 409,
    title: 'The change could not be sent to the payment provider for a day, and was given up.',
    fix: 'Look at the subscription as it is now, and ask for the change again.',
  },
  featureUnknown: {
    status: 422,
    title: 'No plan has this feature.',
    fix: 'Use a key from the entitlements or the meters of the plans.',
  },
  featureNotIncluded: {
    status: 403,
    title: 'The plan of the tenant does not include this.',
    fix: 'Subscribe to a plan that has it, or pay for what is open: GET /api/v1/billing/plans says which.',
  },
  quotaExceeded: {
    status: 429,
    title: 'The tenant has used up what its plan allows.',
    fix: 'Wait as long as Retry-After says, for the next period, or change to a plan that allows more.',
  },
  streamOff: {
    status: 503,
    title: 'The stream of billing events is switched off here.',
    fix: 'Whoever runs this service can set ENABLE_BILLING_STREAM. Until then read the subscription itself, now and then.',
  },
  usageOutOfTime: {
    status: 422,
    title: 'Usage is taken for 35 days after it happened, and not before it does.',
    fix: 'Check the clock of the machine that reports. What is older must be settled by hand.',
  },
  usageKeyReused: {
    status: 422,
    title: 'Something else was reported under this idempotency key.',
    fix: 'Give each report a key of its own, and repeat a report as it was.',
  },
  eventNotFound: {
    status: 404,
    title: 'There is no such event of the payment provider.',
    fix: 'List them with GET /api/v1/billing/inbox. Events that ended are forgotten after 60 days.',
  },
})
