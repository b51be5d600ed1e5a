import { defineJobs } from '@corbel/core'

export const ConversationJobs = defineJobs({
  purgeConversations: {
    name: 'agents.conversations.purge',
    summary: 'Deletes conversations that are older than they are to be kept',
    every: '1h',
  },
})
