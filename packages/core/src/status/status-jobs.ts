import { defineJobs } from '../module/define-jobs.ts'

export const StatusJobs = defineJobs({
  probe: {
    name: 'status.component.probe',
    summary: 'Looks at every component that has a check, as often as STATUS_PROBE_SECONDS says.',
    every: '30s',
  },
  trimOutcomes: {
    name: 'status.outcome.trim',
    summary: 'Forgets what single checks came to after 7 days, and their counts by day after 366.',
    every: '1h',
  },
  advanceMaintenance: {
    name: 'status.maintenance.advance',
    summary: 'Begins and completes scheduled maintenance when its time has come.',
    every: '30s',
  },
  purgeSubscriptions: {
    name: 'status.subscription.purge',
    summary: 'Forgets addresses that did not say within 24 hours that they want to be told.',
    every: '1h',
  },
})
