import { defineSettings, integer } from '@corbel/core'

export const ConversationSettings = defineSettings({
  conversationRetentionDays: {
    env: 'AGENT_CONVERSATION_RETENTION_DAYS',
    section: 'agents',
    summary: 'Days after which a conversation in which nothing was said is deleted; 0 keeps them',
    schema: integer({ min: 0, max: 36_500 }),
    default: 0,
  },
})
