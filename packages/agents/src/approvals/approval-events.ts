import { defineEvents, idSchema } from '@corbel/core'
import * as z from 'zod'

export const ApprovalEvents = defineEvents({
  approvalDecided: {
    type: 'agents.approval.decided',
    summary: 'A person agreed to a call of a tool, or rejected it',
    payload: z.object({
      approvalId: idSchema('apv'),
      runId: idSchema('arn'),
      tool: z.string(),
      argumentsHash: z.string(),
      decision: z.enum(['approve', 'reject']),
    }),
    audit: { subject: 'approvalId' },
  },
})
