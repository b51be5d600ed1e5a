import type {
  AgentRunId,
  ConversationId,
  ConversationItemId,
  ConversationMemory,
  ItemContent,
  ModelProvider,
} from '@corbel/agents/ports'
import type { Id } from '@corbel/core/ports'
import type { ColumnType, Generated } from 'kysely'
import type { AgentFileTables } from './file-tables.ts'
import type { AgentRunTables } from './run-tables.ts'

type Terms = ColumnType<never>

export interface AgentsTables extends AgentRunTables, AgentFileTables {
  corbel_conversations: {
    tenant_id: Id<'ten'>
    id: ConversationId
    user_id: Id<'usr'>
    title: string | null
    title_terms: Terms
    shared: boolean
    memory: ConversationMemory
    last_seq: Generated<number>
    created_at: Date
    updated_at: Date
  }
  corbel_conversation_summaries: {
    tenant_id: Id<'ten'>
    conversation_id: ConversationId
    user_id: Id<'usr'>
    summary: string
    through_seq: number
    updated_at: Date
  }
  corbel_provider_settings: {
    tenant_id: Id<'ten'>
    id: Id<'pst'>
    provider: ModelProvider
    base_url: string | null
    sealed_key: string
    key_hint: string
    active: boolean
    tested_at: Date | null
    test_passed: boolean | null
    version: number
    created_at: Date
    updated_at: Date
  }
  corbel_provider_policies: { tenant_id: Id<'ten'>; platform_key: boolean }
  corbel_conversation_items: ItemTable
  /** Its partition, in which only the words of `corbel.search` are found. */
  corbel_searchable_items: ItemTable
}

interface ItemTable {
  tenant_id: Id<'ten'>
  conversation_id: ConversationId
  seq: number
  id: ConversationItemId
  user_id: Id<'usr'>
  run_id: AgentRunId | null
  client_message_id: string | null
  role: 'user' | 'assistant' | null
  content: ItemContent
  terms: Terms
  created_at: Date
}
