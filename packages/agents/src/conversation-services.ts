import type { Clock, JobHandler, Transaction } from '@corbel/core'
import type { EventRecorder } from '@corbel/core/ports'
import { ConversationErrors } from './conversations/conversation-errors.ts'
import { ConversationEvents } from './conversations/conversation-events.ts'
import { ConversationExport } from './conversations/conversation-export.ts'
import { ConversationJobs } from './conversations/conversation-jobs.ts'
import { ConversationKeeping } from './conversations/conversation-keeping.ts'
import { ConversationService } from './conversations/conversation-service.ts'
import { ConversationSettings } from './conversations/conversation-settings.ts'
import { SearchService } from './search/search-service.ts'
import type { AgentsRepositories } from './ports/agents-repositories.ts'

/** What conversations, and what belongs to them, declare. */
export const conversationCatalogs = {
  settings: ConversationSettings,
  errors: [ConversationErrors],
  events: ConversationEvents,
  jobs: ConversationJobs,
} as const

export interface ConversationServices {
  readonly conversations: ConversationService
  readonly conversationExport: ConversationExport
  readonly conversationKeeping: ConversationKeeping
  readonly conversationSearch: SearchService
}

export interface ConversationServicesDeps extends AgentsRepositories {
  readonly clock: Clock
  readonly conversationRetentionDays: number
  readonly transaction: Transaction<AgentsRepositories & { readonly events: EventRecorder }>
}

export const conversationServices = (deps: ConversationServicesDeps): ConversationServices => ({
  conversations: new ConversationService(deps),
  conversationExport: new ConversationExport(deps),
  conversationKeeping: new ConversationKeeping(deps),
  conversationSearch: new SearchService(deps),
})

export const conversationJobs = ({ conversationKeeping }: ConversationServices): readonly JobHandler[] => [
  { job: ConversationJobs.purgeConversations, run: async () => void (await conversationKeeping.purge()) },
]
