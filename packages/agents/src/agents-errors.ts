import { defineErrors } from '@corbel/core'

/** What calls to agents can be refused with. */
export const AgentsErrors = defineErrors('agents', {
  agentNotFound: {
    status: 404,
    title: 'There is no agent of this name.',
    fix: 'Use a name that GET /api/v1/agents lists, or leave it out.',
  },
  runNotFound: {
    status: 404,
    title: 'There is no such run.',
    fix: 'Use the id of a run in a conversation of yours.',
  },
  conversationBusy: {
    status: 409,
    title: 'Another run is at work in this conversation.',
    fix: 'Wait until it has ended, cancel it, or say in whenBusy what is to happen to it.',
  },
  quotaExceeded: {
    status: 429,
    title: 'The tenant has used up what its plan allows of answers by agents.',
    fix: 'Wait as long as Retry-After says, for the next period, or change to a plan that allows more.',
  },
  noMessage: {
    status: 422,
    title: 'There is no message of the user that could be sent.',
    fix: 'Send a message of the role user with text, of at most 32000 characters.',
  },
})
