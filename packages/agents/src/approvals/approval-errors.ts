import { defineErrors } from '@corbel/core'

export const ApprovalErrors = defineErrors('approvals', {
  notFound: {
    status: 404,
    title: 'There is no such approval.',
    fix: 'List those that wait for you with GET /api/v1/approvals.',
  },
  decided: {
    status: 409,
    title: 'The approval has been decided already.',
    fix: 'Nothing is to be done: what was decided first holds.',
  },
  argumentsChanged: {
    status: 409,
    title: 'These are not the arguments that the approval was asked for with.',
    fix: 'Show the arguments of GET /api/v1/approvals, and decide about those.',
  },
  unreadable: {
    status: 409,
    title: 'What the tool was to be called with cannot be read any more.',
    fix: 'Reject the call, and ask the agent again.',
  },
  expired: {
    status: 410,
    title: 'It is too late for this approval, and the run has ended.',
    fix: 'Ask the agent again.',
  },
  notAllowed: {
    status: 403,
    title: 'You no longer have the permissions that the tool needs.',
    fix: 'Ask an administrator of the tenant for them, or reject the call.',
  },
})
