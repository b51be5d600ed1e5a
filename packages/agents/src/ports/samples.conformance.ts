import { type Id, newId } from '@corbel/core'
import type { Storage } from '@corbel/core/ports'
import type { TenantRepositories } from '@corbel/core/tenant/ports'
import type { AgentsRepositories } from './agents-repositories.ts'
import type { ItemContent, NewConversationItem } from './conversation-items.ts'
import { type ConversationRecord, newConversation } from './conversation-repository.ts'
import type { StoredFile } from './file-repository.ts'

/** A storage that keeps the agents module and the tenants that it relies on. */
export type AgentsStorage = Storage<{
  readonly tenant: TenantRepositories
  readonly agents: AgentsRepositories
}>

export const now = new Date('2026-03-01T12:00:00.123Z')

/** `now` and some seconds. */
export const at = (seconds: number): Date => new Date(now.getTime() + seconds * 1000)

/** Text that a careless adapter changes: astral and combining characters, quotes, an escape, line breaks, blanks at the ends. */
export const awkwardText = ' Žofie 🌱 e\u0301 \u202Eright "quoted" \'single\' \\0 \\u0041 %s {}[]\r\n\ttab '

export async function storedTenant({ repositories }: AgentsStorage): Promise<Id<'ten'>> {
  const id = newId('ten')
  await repositories.tenant.tenants.insert({ id, slug: id, name: 'Acme', createdAt: now.toISOString() })
  return id
}

export const sampleConversation = (
  tenantId: Id<'ten'>,
  change: Partial<ConversationRecord> = {},
): ConversationRecord => ({
  ...newConversation({ tenantId, id: newId('cnv'), userId: newId('usr'), createdAt: now }),
  ...change,
})

export const sampleFile = (tenantId: Id<'ten'>, change: Partial<StoredFile> = {}): StoredFile => ({
  tenantId,
  userId: newId('usr'),
  id: newId('fil'),
  name: 'žluť 🌱 "a".txt',
  contentType: 'text/plain',
  size: 10,
  sha256: 'ab'.repeat(32),
  conversationId: null,
  createdAt: now,
  ...change,
})

export const userSaid = (text: string): ItemContent => ({ type: 'message', role: 'user', content: text })

export const said = (): Pick<NewConversationItem, 'id' | 'content'> => ({
  id: newId('itm'),
  content: userSaid(awkwardText),
})

export const agentSaid = (text: string): ItemContent => ({
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text }],
})

export const sampleItem = (
  content: ItemContent,
  change: Partial<NewConversationItem> = {},
): NewConversationItem => ({
  id: newId('itm'),
  runId: null,
  clientMessageId: null,
  content,
  createdAt: now,
  ...change,
})
