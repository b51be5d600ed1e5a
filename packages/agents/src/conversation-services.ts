import type { Clock, JobHandler, Transaction } from '@corbel/core'
import type { EventRecorder, KeyVault } from '@corbel/core/ports'
import { ConversationErrors } from './conversations/conversation-errors.ts'
import { ConversationEvents } from './conversations/conversation-events.ts'
import { ConversationExport } from './conversations/conversation-export.ts'
import { ConversationJobs } from './conversations/conversation-jobs.ts'
import { ConversationKeeping } from './conversations/conversation-keeping.ts'
import { ConversationService } from './conversations/conversation-service.ts'
import { ConversationSettings } from './conversations/conversation-settings.ts'
import { ProviderSettingErrors } from './provider-settings/provider-setting-errors.ts'
import { ProviderSettingEvents } from './provider-settings/provider-setting-events.ts'
import { ProviderSettingService } from './provider-settings/provider-setting-service.ts'
import { ProviderSettingSettings } from './provider-settings/provider-setting-settings.ts'
import { SearchService } from './search/search-service.ts'
import type { AgentsRepositories } from './ports/agents-repositories.ts'

/** What conversations, and what belongs to them, declare. */
export const conversationCatalogs = {
  settings: { ...ConversationSettings, ...ProviderSettingSettings },
  errors: [ConversationErrors, ProviderSettingErrors],
  events: { ...ConversationEvents, ...ProviderSettingEvents },
  jobs: ConversationJobs,
} as const

export interface ConversationServices {
  readonly conversations: ConversationService
  readonly conversationExport: ConversationExport
  readonly conversationKeeping: ConversationKeeping
  readonly conversationSearch: SearchService
  readonly providerSettings: ProviderSettingService
}

export interface ConversationServicesDeps extends AgentsRepositories {
  readonly clock: Clock
  readonly keyVault: KeyVault
  readonly platformKey: 'allowed' | 'refused'
  readonly conversationRetentionDays: number
  readonly transaction: Transaction<AgentsRepositories & { readonly events: EventRecorder }>
}

export const conversationServices = (deps: ConversationServicesDeps): ConversationServices => ({
  conversations: new ConversationService(deps),
  conversationExport: new ConversationExport(deps),
  conversationKeeping: new ConversationKeeping(deps),
  conversationSearch: new SearchService(deps),
  providerSettings: new ProviderSettingService(deps),
})

export const conversationJobs = ({ conversationKeeping }: ConversationServices): readonly JobHandler[] => [
  { job: ConversationJobs.purgeConversations, run: async () => void (await conversationKeeping.purge()) },
]
