import { definePermissions } from '@corbel/core'

export const AgentsPermissions = definePermissions({
  read: { scope: 'agents:read', summary: 'See which agents, tools and guardrails there are', from: 'viewer' },
  chat: { scope: 'agents:chat', summary: 'Talk to agents, and read the own conversations', from: 'member' },
})
