import { defineContract, ok, PageErrors, type UserAccess } from '@corbel/core'
import { AgentsPermissions } from '../agents-permissions.ts'
import { SearchPage, SearchQuery } from './search.ts'

const access: UserAccess = { kind: 'user', scopes: [AgentsPermissions.readConversations.scope] }

export const searchContract = defineContract('conversations', '/api/v1/conversations/search', {
  search: {
    method: 'GET',
    path: '',
    access,
    summary:
      'Search titles and messages of your conversations and of those shared with your tenant, newest first',
    description:
      'All words are wanted; "words in a row" as they stand, `or` between alternatives, `-` before what is not wanted. Case and accents do not count.',
    query: SearchQuery,
    success: ok(SearchPage),
    errors: [PageErrors.invalidCursor],
    rateLimit: { name: 'conversation-search', by: 'user', limit: 120, window: '1m' },
  },
})
