import type { ConversationId, FileId, FileType } from '@corbel/agents/ports'
import type { Id } from '@corbel/core/ports'
import type { ColumnType, Generated } from 'kysely'

// Drivers read bigint as text.
type Bytes = ColumnType<string, number, number>

export interface AgentFileTables {
  corbel_agent_files: {
    tenant_id: Id<'ten'>
    id: FileId
    user_id: Id<'usr'>
    name: string
    content_type: FileType
    size: Bytes
    sha256: string
    conversation_id: ConversationId | null
    complete: Generated<boolean>
    created_at: Date
  }
  corbel_agent_file_usage: { tenant_id: Id<'ten'>; bytes: Bytes }
}
