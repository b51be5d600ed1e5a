import { newId } from '@corbel/core'
import { conforming } from '../../../../test/vitest-suite.ts'
import { agentsTables } from './agents-tables.memory.ts'
import { conversationItemsConformance } from './conversation-items.conformance.ts'
import { memoryConversationItems } from './conversation-items.memory.ts'

conversationItemsConformance(conforming('conversation items', 'memory'), async () => ({
  items: memoryConversationItems(agentsTables()),
  newTenant: async () => newId('ten'),
}))
