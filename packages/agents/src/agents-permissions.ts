import { definePermissions } from '@corbel/core'

export const AgentsPermissions = definePermissions({
  read: { scope: 'agents:read', summary: 'See which agents, tools and guardrails there are', from: 'viewer' },
  chat: { scope: 'agents:chat', summary: 'Talk to agents', from: 'member' },
  readConversations: {
    scope: 'conversations:read',
    summary: 'Read and search the own conversations and those shared with the tenant',
    from: 'viewer',
  },
  manageProviders: {
    scope: 'providers:manage',
    summary:
      'Set keys of the tenant for providers of models, and whether the keys of the platform may be used',
    from: 'admin',
  },
  writeConversations: {
    scope: 'conversations:write',
    summary: 'Start, change, share and delete the own conversations',
    from: 'member',
  },
})
