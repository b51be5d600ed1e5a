import type { ConversationRecord } from '@corbel/agents/ports'
import type { Selectable } from 'kysely'
import { jsonb } from '../json.ts'
import type { AgentsTables } from './tables.ts'
import { termsOf } from './terms.ts'

export const columnsOfNew = (conversation: ConversationRecord) => ({
  tenant_id: conversation.tenantId,
  id: conversation.id,
  user_id: conversation.userId,
  title: conversation.title,
  title_terms: termsOf(conversation.title ?? '', conversation),
  shared: conversation.shared,
  memory: jsonb(conversation.memory),
  created_at: conversation.createdAt,
  updated_at: conversation.updatedAt,
})

export const conversationColumns = [
  'tenant_id',
  'id',
  'user_id',
  'title',
  'shared',
  'memory',
  'created_at',
  'updated_at',
] as const satisfies readonly (keyof AgentsTables['corbel_conversations'])[]

export const toConversation = (
  row: Pick<Selectable<AgentsTables['corbel_conversations']>, (typeof conversationColumns)[number]>,
): ConversationRecord => ({
  tenantId: row.tenant_id,
  id: row.id,
  userId: row.user_id,
  title: row.title,
  shared: row.shared,
  memory: row.memory,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
})
