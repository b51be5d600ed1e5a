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
  provision: {
    name: 'billing.signup.provision',
    summary: 'Subscribes a new tenant to the plan that was chosen with it.',
    payload: z.object({ planCode: z.string() }),
    // A gateway that is away for a day delays it and nothing more.
    attempts: 30,
    retry: '5s',
    longestRetry: '1h',
    lease: '120s',
  },
  seats: {
    name: 'billing.seats.sync',
    summary: 'Brings the seats that are paid for to the number of members.',
    payload: z.object({}),
    attempts: 30,
    retry: '2s',
    longestRetry: '1h',
    lease: '120s',
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
  reconcile: {
    name: 'billing.events.reconcile',
    summary: 'Takes over the events of the payment provider that were never delivered.',
    every: '1h',
  },
  compare: {
    name: 'billing.subscriptions.compare',
    summary: 'Compares every subscription with that of the payment provider, and takes over what differs.',
    every: '1d',
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
