import {
  content,
  created,
  defineContract,
  empty,
  idSchema,
  json,
  ok,
  PageErrors,
  pageOf,
  PageQuery,
  type UserAccess,
} from '@corbel/core'
import * as z from 'zod'
import { AgentsPermissions } from '../agents-permissions.ts'
import {
  Conversation,
  ConversationChange,
  ConversationMemory,
  ConversationQuery,
  conversationTitle,
  NewConversationInput,
} from './conversation.ts'
import { ConversationErrors } from './conversation-errors.ts'
import { ConversationEvent, Message } from './message.ts'

// A conversation is a person's: a machine has none.
const read: UserAccess = { kind: 'user', scopes: [AgentsPermissions.readConversations.scope] }
const write: UserAccess = { kind: 'user', scopes: [AgentsPermissions.writeConversations.scope] }

const params = z.object({ id: idSchema('cnv') })
const direction = z.enum(['asc', 'desc'])
const change = [ConversationErrors.notFound, ConversationErrors.notYours]

export const conversationContract = defineContract('conversations', '/api/v1/conversations', {
  list: {
    method: 'GET',
    path: '',
    access: read,
    summary: 'List your conversations and those shared with your tenant, what was said in last first',
    query: ConversationQuery,
    success: ok(pageOf(Conversation)),
    errors: [PageErrors.invalidCursor],
  },
  create: {
    method: 'POST',
    path: '',
    access: write,
    summary: 'Start a conversation',
    description:
      'It is private to you unless it says `shared`. What is said goes there by POST /api/v1/chat.',
    body: json(NewConversationInput),
    success: created(Conversation),
  },
  get: {
    method: 'GET',
    path: '/{id}',
    access: read,
    summary: 'Read what a conversation is',
    params,
    success: ok(Conversation),
    errors: [ConversationErrors.notFound],
  },
  update: {
    method: 'PATCH',
    path: '/{id}',
    access: write,
    summary: 'Name a conversation, share it with your tenant, or say what runs remember of it',
    params,
    body: json(ConversationChange),
    success: ok(Conversation),
    errors: change,
  },
  rename: {
    method: 'PATCH',
    path: '/{id}/title',
    access: write,
    summary: 'Name a conversation',
    params,
    body: json(z.strictObject({ title: conversationTitle.nullable() })),
    success: ok(Conversation),
    errors: change,
  },
  remember: {
    method: 'PATCH',
    path: '/{id}/memory',
    access: write,
    summary: 'Say what runs remember of a conversation',
    params,
    body: json(ConversationMemory),
    success: ok(Conversation),
    errors: change,
  },
  remove: {
    method: 'DELETE',
    path: '/{id}',
    access: write,
    summary: 'Delete a conversation with everything said in it',
    params,
    success: empty(204),
    errors: change,
  },
  messages: {
    method: 'GET',
    path: '/{id}/messages',
    access: read,
    summary: 'List what was said in a conversation, newest first unless `direction` says otherwise',
    params,
    query: PageQuery.extend({ direction: direction.default('desc') }),
    success: ok(pageOf(Message)),
    errors: [ConversationErrors.notFound, PageErrors.invalidCursor],
  },
  truncate: {
    method: 'DELETE',
    path: '/{id}/messages/{messageId}',
    access: write,
    summary: 'Take back something you said, with everything that came after it',
    params: params.extend({ messageId: idSchema('itm') }),
    success: empty(204),
    errors: [...change, ConversationErrors.messageNotFound],
  },
  events: {
    method: 'GET',
    path: '/{id}/events',
    access: read,
    summary: 'List everything that happened in a conversation, calls of tools included, oldest first',
    params,
    query: PageQuery.extend({ direction: direction.default('asc') }),
    success: ok(pageOf(ConversationEvent)),
    errors: [ConversationErrors.notFound, PageErrors.invalidCursor],
  },
  export: {
    method: 'GET',
    path: '/{id}/export',
    access: read,
    summary: 'Download a conversation, as one JSON object per line or as Markdown',
    description:
      'NDJSON begins with a line of `type` `conversation` and has one of `type` `event` for everything that happened. Markdown has what was said.',
    params,
    query: z.strictObject({ format: z.enum(['ndjson', 'markdown']).default('ndjson') }),
    success: content('application/x-ndjson'),
    errors: [ConversationErrors.notFound],
    rateLimit: { name: 'conversation-export', by: 'user', limit: 60, window: '1m' },
  },
})
