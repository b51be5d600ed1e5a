import { defineJobs } from '@corbel/core'

export const FileJobs = defineJobs({
  sweepFiles: {
    name: 'agents.files.sweep',
    summary:
      'Gives up uploads that never ended and files of conversations that are gone, and deletes objects that belong to no file any more',
    every: '1h',
  },
})
