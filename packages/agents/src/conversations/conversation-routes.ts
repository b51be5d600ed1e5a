import { implement, type Route } from '@corbel/core'
import { conversationContract } from './conversation-contract.ts'
import type { ConversationExport } from './conversation-export.ts'
import type { ConversationService } from './conversation-service.ts'

export const conversationRoutes = (
  conversations: ConversationService,
  conversationExport: ConversationExport,
): readonly Route[] =>
  implement(conversationContract, {
    list: ({ principal, query }) => conversations.list(principal, query),
    create: ({ principal, body, client }) => conversations.create(principal, body, client),
    get: ({ principal, params }) => conversations.get(principal, params.id),
    update: ({ principal, params, body, client }) => conversations.update(principal, params.id, body, client),
    rename: ({ principal, params, body, client }) => conversations.update(principal, params.id, body, client),
    remember: ({ principal, params, body, client }) =>
      conversations.update(principal, params.id, { memory: body }, client),
    remove: ({ principal, params, client }) => conversations.remove(principal, params.id, client),
    messages: ({ principal, params, query }) => conversations.listMessages(principal, params.id, query),
    truncate: ({ principal, params }) => conversations.truncate(principal, params.id, params.messageId),
    events: ({ principal, params, query }) => conversations.listEvents(principal, params.id, query),
    export: ({ principal, params, query }) => conversationExport.open(principal, params.id, query.format),
  })
