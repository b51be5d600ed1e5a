import { defineEvents, idSchema } from '@corbel/core'
import * as z from 'zod'

export const AgentsEvents = defineEvents({
  noticePosted: {
    type: 'agents.notice.posted',
    summary: 'An agent posted a notice that a person had agreed to',
    payload: z.object({
      userId: idSchema('usr'),
      conversationId: idSchema('cnv'),
      runId: idSchema('arn'),
      callId: z.string(),
      text: z.string().max(500),
    }),
  },
})
