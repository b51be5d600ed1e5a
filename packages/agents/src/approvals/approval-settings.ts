import { defineSettings, duration } from '@corbel/core'

export const ApprovalSettings = defineSettings({
  approvalTtl: {
    env: 'AGENT_APPROVAL_TTL',
    section: 'agents',
    summary: 'How long a person may take to approve a call of a tool; then the run ends as expired.',
    schema: duration(),
    default: '24h',
  },
})
