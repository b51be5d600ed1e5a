import { defineEvents, idSchema } from '@corbel/core'
import * as z from 'zod'

const payload = z.object({ conversationId: idSchema('cnv') })

export const ConversationEvents = defineEvents({
  conversationShared: {
    type: 'agents.conversation.shared',
    summary: 'Everybody in the tenant may read a conversation from now on',
    payload,
    audit: { subject: 'conversationId' },
  },
  conversationUnshared: {
    type: 'agents.conversation.unshared',
    summary: 'Only its user may read a conversation from now on',
    payload,
    audit: { subject: 'conversationId' },
  },
  conversationDeleted: {
    type: 'agents.conversation.deleted',
    summary: 'A conversation was deleted with everything said in it',
    payload,
    audit: { subject: 'conversationId' },
  },
})
