import { idSchema, text } from '@corbel/core'
import * as z from 'zod'
import type { AgentApproval } from '../ports/agent-approval-repository.ts'

export const ApprovalView = z.object({
  id: idSchema('apv'),
  runId: idSchema('arn'),
  conversationId: idSchema('cnv'),
  agent: z.string(),
  tool: z.string(),
  callId: z.string(),
  arguments: z
    .unknown()
    .describe('What the tool is to be called with, exactly; null when it cannot be read.'),
  readable: z
    .boolean()
    .describe('Whether the arguments can be read. When they cannot, the call can only be rejected.'),
  argumentsHash: z.string().describe('SHA-256 in hex of the tool and its arguments.'),
  status: z.enum(['pending', 'approved', 'rejected', 'expired', 'withdrawn']),
  reason: z.string().nullable(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().describe('When it is too late, and the run ends as expired.'),
  decidedAt: z.iso.datetime().nullable(),
})
export type ApprovalView = z.infer<typeof ApprovalView>

const reason = text({ max: 500 }).optional().describe('Told to the model when the call is rejected.')

export const DecisionBody = z.strictObject({
  decision: z.enum(['approve', 'reject']),
  argumentsHash: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be the argumentsHash of the approval')
    .optional()
    .describe('Of what was shown: with it, what is carried out is what was seen.'),
  reason,
})
export type DecisionBody = z.infer<typeof DecisionBody>

/** @param argumentsJson - Null when they cannot be read. */
export function toApprovalView(approval: AgentApproval, argumentsJson: string | null): ApprovalView {
  const { id, runId, conversationId, agent, tool, callId, argumentsHash, status, reason: why } = approval
  return {
    id,
    runId,
    conversationId,
    agent,
    tool,
    callId,
    arguments: argumentsJson === null ? null : JSON.parse(argumentsJson),
    readable: argumentsJson !== null,
    argumentsHash,
    status,
    reason: why,
    createdAt: approval.createdAt.toISOString(),
    expiresAt: approval.expiresAt.toISOString(),
    decidedAt: approval.decidedAt?.toISOString() ?? null,
  }
}
