import { defineModule } from '@corbel/core'
import { AgentsPermissions } from './agents-permissions.ts'

/** Agents, tools, conversations and runs. */
export const agents = () =>
  defineModule({
    name: 'agents',
    catalogs: { permissions: AgentsPermissions },
    services: () => ({}),
  })
