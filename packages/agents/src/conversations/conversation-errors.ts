import { defineErrors } from '@corbel/core'

export const ConversationErrors = defineErrors('conversations', {
  notFound: {
    status: 404,
    title: 'There is no such conversation.',
    fix: 'Check the id. A conversation of somebody else, unless it is shared with your tenant, answers the same.',
  },
  notYours: {
    status: 403,
    title: 'The conversation is shared with you, but it is not yours.',
    fix: 'Ask whoever started it to change it, or start one of your own.',
  },
  messageNotFound: {
    status: 404,
    title: 'There is no such message in this conversation.',
    fix: 'List them with GET /api/v1/conversations/{id}/messages; only what a user said can be taken back.',
  },
})
