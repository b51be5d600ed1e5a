import { defineJobs } from '../module/define-jobs.ts'

export const StatusJobs = defineJobs({
  probe: {
    name: 'status.component.probe',
    summary: 'Looks at every component that has a check.',
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
})
