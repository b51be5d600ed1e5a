import { defineJobs, idSchema } from '@corbel/core'
import * as z from 'zod'

export const AgentsJobs = defineJobs({
  recoverRuns: {
    name: 'agents.runs.recover',
    summary: 'Takes over runs whose process went down, and starts those that wait for nobody.',
    every: '15s',
  },
  summarize: {
    name: 'agents.conversations.summarize',
    summary: 'Sums up what a conversation holds beyond the window that runs are told.',
    payload: z.object({
      conversationId: idSchema('cnv'),
      runId: idSchema('arn'),
      keep: z.int().min(0),
    }),
    attempts: 3,
    // Beyond the time that an answer of a model takes.
    lease: '2m',
  },
})
