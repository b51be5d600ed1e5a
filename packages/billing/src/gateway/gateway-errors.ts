import { defineErrors } from '@corbel/core'

export const GatewayErrors = defineErrors('gateway', {
  declined: {
    status: 402,
    title: 'The payment was declined.',
    fix: 'Use another payment method, or ask the bank that issued this one.',
  },
  refused: {
    status: 422,
    title: 'The payment provider does not accept this.',
    fix: 'Correct what detail names; repeating the request as it is will fail again.',
  },
  notFound: {
    status: 404,
    title: 'The payment provider knows no such thing.',
    fix: 'Check the id, and that it belongs to this account and mode.',
  },
  keyReused: {
    status: 409,
    title: 'The payment provider was asked for something else under the same idempotency key.',
    fix: 'Look at the command that holds the key: one key stands for one request for ever.',
  },
  busy: {
    status: 503,
    title: 'The payment provider is handling too much at the moment.',
    fix: 'Repeat the request after the time that Retry-After says.',
  },
  unavailable: {
    status: 503,
    title: 'The payment provider did not answer.',
    fix: 'Repeat the request; it is known by its key and happens once.',
  },
  misconfigured: {
    status: 503,
    title: 'The payment provider does not accept our credentials.',
    fix: 'Whoever runs this service must check STRIPE_SECRET_KEY and its permissions.',
  },
  invalidSignature: {
    status: 400,
    title: 'The event is not signed with any of our secrets.',
    fix: 'Check that STRIPE_WEBHOOK_SECRET has the secret of this endpoint, and that nothing on the way changes the body.',
  },
  signatureOutOfTime: {
    status: 400,
    title: 'The signature of the event is too old or of the future.',
    fix: 'Check the clock of this machine; an event that was held back is delivered again with a new signature.',
  },
  notAnEvent: {
    status: 400,
    title: 'The body is signed, but is not an event.',
    fix: 'Send events of the payment provider to this address and nothing else.',
  },
})
