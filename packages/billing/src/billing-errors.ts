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
