import { implement, type Route } from '@corbel/core'
import { approvalContract } from './approval-contract.ts'
import type { ApprovalService } from './approval-service.ts'

export const approvalRoutes = (approvals: ApprovalService): readonly Route[] =>
  implement(approvalContract, {
    list: ({ principal, query }) => approvals.list(principal, query),
    decide: ({ principal, params, body, client }) => approvals.decide(principal, params.id, body, client),
  })
