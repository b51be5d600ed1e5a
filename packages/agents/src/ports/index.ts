// What an adapter's author imports: interfaces, the errors they throw, reference implementations, and the suites that are their law.

export type {
  ConversationChange,
  ConversationMemory,
  ConversationReader,
  MemoryMode,
} from '../conversations/conversation.ts'
export { roleOf, textOf } from '../conversations/message.ts'
export { searchable } from '../search/fold.ts'
export type { AgentsRepositories } from './agents-repositories.ts'
export { agentsRepositoriesConformance } from './agents-repositories.conformance.ts'
export { memoryAgentsRepositories } from './agents-repositories.memory.ts'
export type { AgentsStorage } from './samples.conformance.ts'
export { ProviderSettingErrors } from '../provider-settings/provider-setting-errors.ts'
export type { ModelProvider } from '../provider-settings/provider-setting.ts'
export type { ProviderSettingRepository, StoredProviderSetting } from './provider-setting-repository.ts'
export type { OwnAccess, ProviderAccess, ProviderSettings } from './provider-settings.ts'
export { type ConversationSearch, type Found, foundKey } from './conversation-search.ts'
export {
  type ConversationFilter,
  type ConversationRecord,
  type ConversationRepository,
  type ItemFilter,
  newConversation,
  parseRecencyKey,
  recencyKey,
} from './conversation-repository.ts'
export { type AgentsTables, agentsTables, type ConversationRow } from './agents-tables.memory.ts'
export type {
  AgentRunId,
  ConversationId,
  ConversationItem,
  ConversationItemId,
  ConversationItems,
  ItemContent,
  NewConversation,
  NewConversationItem,
} from './conversation-items.ts'
export type {
  ConversationRecall,
  ConversationSummaries,
  ConversationSummary,
} from './conversation-summaries.ts'
export { conversationItemsConformance } from './conversation-items.conformance.ts'
export { memoryConversationItems } from './conversation-items.memory.ts'
export type { Attachment } from '../files/attachment.ts'
export type { McpAddress, McpConnection, McpConnector, McpToolDescription } from './mcp-connector.ts'
export type { HostedTool, HostedToolKind } from '../tools/hosted-tool.ts'
export type { FileType, ShownType } from '../files/file-type.ts'
export type { FileId, FileRepository, StoredFile } from './file-repository.ts'
export { ModelErrors } from '../models/model-errors.ts'
export type { ModelConnection, ModelCredentials, ModelVendor } from './model-vendor.ts'
export type { Models } from './models.ts'
export { vendorModels } from './vendor-models.ts'
export { offlineModels, type OfflineModelsOptions } from './models.offline.ts'
export type {
  AgentRunEnd,
  AgentRunRecord,
  AgentRunRepository,
  AgentRunStatus,
  BegunRun,
  NewAgentRun,
  RunLease,
} from './agent-run-repository.ts'
export type { AgentRunRow } from './agents-tables.memory.ts'
export type {
  AgentApproval,
  AgentApprovalRepository,
  AgentApprovalStatus,
  NewAgentApproval,
} from './agent-approval-repository.ts'
export type { AgentApprovalRow } from './agents-tables.memory.ts'
export type { AgentUsageRepository, AgentUsageTotal, ModelCall } from './agent-usage-repository.ts'
export { type Quota, type TokenUse, unlimitedQuota } from './quota.ts'
