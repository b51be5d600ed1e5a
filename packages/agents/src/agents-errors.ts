import { defineErrors } from '@corbel/core'

/** What calls to agents can be refused with. */
export const AgentsErrors = defineErrors('agents', {
  agentNotFound: {
    status: 404,
    title: 'There is no agent of this name.',
    fix: 'Use a name that GET /api/v1/agents lists, or leave it out.',
  },
})
