import { defineSettings, flag, integer, jsonOrPairs, line, opaque } from '@corbel/core'

export const BillingSettings = defineSettings({
  enabled: {
    env: 'ENABLE_BILLING',
    section: 'billing',
    summary:
      'Whether tenants are billed. While it is off the payment provider is answered 503, so that it delivers again later.',
    schema: flag(),
    default: { local: true, staging: false, production: false },
  },
  retryWorker: {
    env: 'ENABLE_BILLING_RETRY_WORKER',
    section: 'billing',
    summary:
      'Whether this process looks for events of the payment provider whose handling failed and is due again. At least one process must.',
    schema: flag(),
    default: true,
  },
  stream: {
    env: 'ENABLE_BILLING_STREAM',
    section: 'billing',
    summary:
      'Whether tenants can follow what happens to their subscription, at GET /api/v1/billing/stream. Processes tell each other by REDIS_URL.',
    schema: flag(),
    default: true,
  },
  streamReplay: {
    env: 'ENABLE_BILLING_STREAM_REPLAY',
    section: 'billing',
    summary:
      'Whether a reader of that stream who comes without a place in it is told first what it still keeps: up to 1,000 events of the last 24 hours.',
    schema: flag(),
    default: true,
  },
  webhookSecret: {
    env: 'STRIPE_WEBHOOK_SECRET',
    section: 'billing',
    summary:
      'Secrets that the payment provider signs its events with, the newest first, separated by commas: two while one takes over.',
    schema: opaque('one or more secrets, separated by commas'),
    rotated: (present, next) => `${next},${present.split(',', 1)[0]}`,
    secret: true,
    fix: 'Copy it from the endpoint in the dashboard of Stripe, or from "stripe listen".',
  },
  signUpPlan: {
    env: 'SIGNUP_DEFAULT_PLAN_CODE',
    section: 'billing',
    summary:
      'Code of the plan that a new tenant is subscribed to when none was chosen, with its trial. Absent: none. A plan without a trial that costs something is left to a checkout.',
    schema: line(40),
    example: 'starter',
  },
  prices: {
    env: 'STRIPE_PRODUCT_PRICE_MAP',
    section: 'billing',
    summary:
      'Ids of prices by their lookup keys, as provisioning prints them; what is missing is asked for. Absent: the payment provider is asked.',
    schema: jsonOrPairs(),
    default: {},
    example: 'corbel:starter:seat:month:usd=price_1N2b3c',
  },
  account: {
    env: 'STRIPE_ACCOUNT_ID',
    section: 'billing',
    summary:
      'Account whose events are taken. Without it those of the account that the secret belongs to, and none of connected ones.',
    schema: line(100),
    example: 'acct_1N2b3c',
  },
  graceDays: {
    env: 'BILLING_GRACE_DAYS',
    section: 'billing',
    summary: 'Days after the first failed payment in which a tenant keeps what it subscribed to.',
    schema: integer({ min: 0, max: 90 }),
    default: 7,
  },
  inboxDays: {
    env: 'BILLING_INBOX_DAYS',
    section: 'billing',
    summary:
      'Days for which events of the payment provider are kept after they ended. It delivers by hand what is up to 30 days old.',
    schema: integer({ min: 31, max: 3650 }),
    default: 60,
  },
})
