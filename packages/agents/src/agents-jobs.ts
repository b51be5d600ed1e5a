import { defineJobs } from '@corbel/core'

export const AgentsJobs = defineJobs({
  recoverRuns: {
    name: 'agents.runs.recover',
    summary: 'Takes over runs whose process went down, and starts those that wait for nobody.',
    every: '15s',
  },
})
