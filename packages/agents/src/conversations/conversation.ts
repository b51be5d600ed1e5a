import { type Id, idSchema, PageQuery, text } from '@corbel/core'
import * as z from 'zod'

/** What a run is told of what was said before: as its agent has it, the newest items, those and a summary of the rest, or nothing. */
export const MemoryMode = z.enum(['agent', 'window', 'summary', 'none'])
export type MemoryMode = z.infer<typeof MemoryMode>

export const ConversationMemory = z.strictObject({
  mode: MemoryMode,
  /** Whether runs are also told what the user's other conversations were about. */
  crossSession: z.boolean(),
})
export type ConversationMemory = z.infer<typeof ConversationMemory>

export const defaultMemory: ConversationMemory = { mode: 'agent', crossSession: false }

export const conversationTitle = text({ max: 128 })

export const Conversation = z.object({
  id: idSchema('cnv'),
  /** Whose it is. Nobody else changes it. */
  userId: idSchema('usr'),
  title: z.string().nullable(),
  /** Whether everybody in the tenant may read it. */
  shared: z.boolean(),
  memory: ConversationMemory,
  createdAt: z.iso.datetime(),
  /** When something was last said in it. */
  updatedAt: z.iso.datetime(),
})
export type Conversation = z.infer<typeof Conversation>

export const NewConversationInput = z.strictObject({
  title: conversationTitle.nullable().default(null),
  shared: z.boolean().default(false),
  memory: ConversationMemory.default(defaultMemory),
})
export type NewConversationInput = z.infer<typeof NewConversationInput>

export const ConversationChange = z.strictObject({
  title: conversationTitle.nullable().optional(),
  shared: z.boolean().optional(),
  memory: ConversationMemory.optional(),
})
export type ConversationChange = z.infer<typeof ConversationChange>

export const ConversationQuery = PageQuery.extend({
  /** Only the caller's own, or only those that others share with the tenant. */
  of: z.enum(['all', 'me', 'others']).default('all'),
})
export type ConversationQuery = z.infer<typeof ConversationQuery>

/** Who reads: in one tenant, what is theirs and what is shared with it. */
export interface ConversationReader {
  readonly tenantId: Id<'ten'>
  readonly userId: Id<'usr'>
}
