import type { Clock, JobHandler, PersonalDataContributor, Profile, Transaction } from '@corbel/core'
import type { EventRecorder, KeyVault, Logger, ObjectStore } from '@corbel/core/ports'
import { ConversationErrors } from './conversations/conversation-errors.ts'
import { ConversationEvents } from './conversations/conversation-events.ts'
import { ConversationExport } from './conversations/conversation-export.ts'
import { ConversationJobs } from './conversations/conversation-jobs.ts'
import { ConversationKeeping } from './conversations/conversation-keeping.ts'
import { ConversationService } from './conversations/conversation-service.ts'
import { ConversationSettings } from './conversations/conversation-settings.ts'
import { FileErrors } from './files/file-errors.ts'
import { FileEvents } from './files/file-events.ts'
import { FileJobs } from './files/file-jobs.ts'
import { FileKeeping } from './files/file-keeping.ts'
import { FileService } from './files/file-service.ts'
import { FileSettings } from './files/file-settings.ts'
import { ProviderSettingErrors } from './provider-settings/provider-setting-errors.ts'
import { ProviderSettingEvents } from './provider-settings/provider-setting-events.ts'
import { ProviderSettingService } from './provider-settings/provider-setting-service.ts'
import { ProviderSettingSettings } from './provider-settings/provider-setting-settings.ts'
import { SearchService } from './search/search-service.ts'
import type { AgentsRepositories } from './ports/agents-repositories.ts'

/** What conversations, and what belongs to them, declare. */
export const conversationCatalogs = {
  settings: { ...ConversationSettings, ...ProviderSettingSettings, ...FileSettings },
  errors: [ConversationErrors, ProviderSettingErrors, FileErrors],
  events: { ...ConversationEvents, ...ProviderSettingEvents, ...FileEvents },
  jobs: { ...ConversationJobs, ...FileJobs },
} as const

export interface ConversationServices {
  readonly conversations: ConversationService
  readonly conversationExport: ConversationExport
  readonly conversationKeeping: ConversationKeeping
  readonly conversationSearch: SearchService
  readonly providerSettings: ProviderSettingService
  readonly fileService: FileService
  readonly fileKeeping: FileKeeping
  /** What all of these keep about a person. */
  readonly personal: PersonalDataContributor
}

export interface ConversationServicesDeps extends AgentsRepositories {
  readonly clock: Clock
  readonly profile: Profile
  readonly keyVault: KeyVault
  readonly objectStore: ObjectStore
  readonly logger: Logger
  readonly publicUrl: string
  readonly fileMaxBytes: number
  readonly fileQuotaBytes: number
  readonly platformKey: 'allowed' | 'refused'
  readonly conversationRetentionDays: number
  readonly transaction: Transaction<AgentsRepositories & { readonly events: EventRecorder }>
}

export function conversationServices(deps: ConversationServicesDeps): ConversationServices {
  const conversationKeeping = new ConversationKeeping(deps)
  const fileKeeping = new FileKeeping(deps)
  return {
    conversations: new ConversationService(deps),
    conversationExport: new ConversationExport(deps),
    conversationKeeping,
    conversationSearch: new SearchService(deps),
    providerSettings: new ProviderSettingService(deps),
    fileService: new FileService(deps),
    fileKeeping,
    personal: {
      async export(userId) {
        const conversations = await conversationKeeping.export(userId)
        const files = await fileKeeping.export(userId)
        return conversations === null && files === null ? null : { ...conversations, ...files }
      },
      async erase(userId) {
        await conversationKeeping.erase(userId)
        await fileKeeping.erase(userId)
      },
    },
  }
}

export const conversationJobs = ({
  conversationKeeping,
  fileKeeping,
}: ConversationServices): readonly JobHandler[] => [
  { job: FileJobs.sweepFiles, run: async () => void (await fileKeeping.sweep()) },
  { job: ConversationJobs.purgeConversations, run: async () => void (await conversationKeeping.purge()) },
]
