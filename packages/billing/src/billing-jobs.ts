import { defineJobs } from '@corbel/core'
import * as z from 'zod'

export const BillingJobs = defineJobs({
  dispatch: {
    name: 'billing.inbox.dispatch',
    summary: 'Applies the events of the payment provider that are due.',
    payload: z.object({}),
    lease: '60s',
    concurrency: 2,
  },
  commands: {
    name: 'billing.commands.recover',
    summary: 'Goes on with what the payment provider is to be told and was not, or perhaps not.',
    every: '5s',
  },
  retry: {
    name: 'billing.inbox.retry',
    summary: 'Applies events whose handling failed, or whose process died, when they are due again.',
    every: '5s',
  },
  reportUsage: {
    name: 'billing.usage.report',
    summary: "Tells the payment provider's meters what was used.",
    every: '1m',
  },
  purge: {
    name: 'billing.inbox.purge',
    summary: 'Forgets events of the payment provider that ended long ago.',
    every: '1h',
  },
})
