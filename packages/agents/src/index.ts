// Module
export { agents } from './agents-module.ts'

// Catalogues
export { AgentsPermissions } from './agents-permissions.ts'
