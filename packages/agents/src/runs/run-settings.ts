import { defineSettings, integer } from '@corbel/core'

const most = 1_000_000

export const RunSettings = defineSettings({
  chatPerUser: {
    env: 'CHAT_RATE_LIMIT_PER_MINUTE',
    section: 'agents',
    summary: 'Messages that a user may send to agents per minute; 0 means any number.',
    schema: integer({ max: most }),
    default: 60,
  },
  chatPerTenant: {
    env: 'CHAT_TENANT_RATE_LIMIT_PER_MINUTE',
    section: 'agents',
    summary: 'Messages that all users of a tenant may send to agents per minute; 0 means any number.',
    schema: integer({ max: most }),
    default: 600,
  },
  chatStreams: {
    env: 'CHAT_CONCURRENT_STREAMS',
    section: 'agents',
    summary: 'Streams of runs that a user may keep open at once in one process; 0 means any number.',
    schema: integer({ max: most }),
    default: 20,
  },
})
