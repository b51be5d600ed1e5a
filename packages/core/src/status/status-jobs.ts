import { defineJobs } from '../module/define-jobs.ts'

export const StatusJobs = defineJobs({
  advanceMaintenance: {
    name: 'status.maintenance.advance',
    summary: 'Begins and completes scheduled maintenance when its time has come.',
    every: '30s',
  },
})
