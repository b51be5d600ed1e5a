import {
  defineContract,
  idSchema,
  json,
  ok,
  PageErrors,
  pageOf,
  PageQuery,
  type UserAccess,
} from '@corbel/core'
import * as z from 'zod'
import { AgentsPermissions } from '../agents-permissions.ts'
import { ApprovalView, DecisionBody } from './approval.ts'
import { ApprovalErrors } from './approval-errors.ts'

// Who is asked is the person whom the run works for.
const access: UserAccess = { kind: 'user', scopes: [AgentsPermissions.chat.scope] }

export const approvalContract = defineContract('approvals', '/api/v1/approvals', {
  list: {
    method: 'GET',
    path: '',
    access,
    summary: 'List the calls of tools that wait for you',
    query: PageQuery,
    success: ok(pageOf(ApprovalView)),
    errors: [PageErrors.invalidCursor],
  },
  decide: {
    method: 'POST',
    path: '/{id}',
    access,
    summary: 'Agree to a call of a tool, or reject it',
    description:
      'When it was the last one that its run waited for, the run goes on: GET /api/v1/agent-runs/{id}/stream.',
    params: z.object({ id: idSchema('apv') }),
    body: json(DecisionBody),
    success: ok(ApprovalView),
    errors: [
      ApprovalErrors.notFound,
      ApprovalErrors.decided,
      ApprovalErrors.argumentsChanged,
      ApprovalErrors.unreadable,
      ApprovalErrors.expired,
      ApprovalErrors.notAllowed,
    ],
    idempotent: false,
  },
})
