// Module
export { agents, type AgentsOptions } from './agents-module.ts'

// Declaring agents
export {
  type Agent,
  type AgentHandoff,
  defineAgent,
  type InstructionContext,
  type ModelTier,
  type ReasoningEffort,
} from './agents/agent.ts'
export { bundledAgents, codeAgent, dataAgent, triageAgent } from './agents/bundled/bundled-agents.ts'
export { checkJson, currentTime, postNotice, summarizeNumbers } from './agents/bundled/bundled-tools.ts'
export { defineMcpServer, type McpServer, type McpToolRule } from './tools/mcp-server.ts'
export { type HostedTool, hostedTool, type HostedToolKind } from './tools/hosted-tool.ts'
export { type Caller, defineTool, type Tool, type ToolCall, type ToolEffect } from './tools/tool.ts'

// Runs
export type { AgentRunView, AgentUsage, ChatReply, RunRequest, WhenBusy } from './runs/agent-run.ts'
export type { RunService } from './runs/run-service.ts'
export type { MessageChunk, NumberedChunk } from './stream/message-chunk.ts'

// Approvals
export { ApprovalView, DecisionBody } from './approvals/approval.ts'
export { approvalContract } from './approvals/approval-contract.ts'
export { ApprovalErrors } from './approvals/approval-errors.ts'
export { ApprovalEvents } from './approvals/approval-events.ts'
export type { ApprovalService } from './approvals/approval-service.ts'
export { ApprovalSettings } from './approvals/approval-settings.ts'

// Guardrails
export type { Guardrail, GuardrailCheck, GuardrailStage } from './guardrails/guardrail.ts'
export {
  injectionGuardrail,
  personalDataGuardrail,
  secretsGuardrail,
  urlGuardrail,
} from './guardrails/local-guardrails.ts'
export { type GuardrailPreset, guardrailPresets } from './guardrails/presets.ts'

// Catalogues
export { AgentsErrors } from './agents-errors.ts'
export { AgentsEvents } from './agents-events.ts'
export { AgentsMetrics } from './agents-metrics.ts'
export { AgentsPermissions } from './agents-permissions.ts'
export { AgentsSettings } from './agents-settings.ts'

// Conversations
export {
  Conversation,
  ConversationChange,
  ConversationMemory,
  ConversationQuery,
  type ConversationReader,
  MemoryMode,
  NewConversationInput,
} from './conversations/conversation.ts'
export { conversationContract } from './conversations/conversation-contract.ts'
export { ConversationErrors } from './conversations/conversation-errors.ts'
export { ConversationEvents } from './conversations/conversation-events.ts'
export { ConversationExport, type ExportFormat } from './conversations/conversation-export.ts'
export { ConversationJobs } from './conversations/conversation-jobs.ts'
export { ConversationKeeping, type ConversationKeepingDeps } from './conversations/conversation-keeping.ts'
export { ConversationService, type ConversationServiceDeps } from './conversations/conversation-service.ts'
export { ConversationSettings } from './conversations/conversation-settings.ts'
export { SearchHit, SearchPage, SearchQuery } from './search/search.ts'
export { searchContract } from './search/search-contract.ts'
export { SearchService } from './search/search-service.ts'
export { ConversationEvent, Message } from './conversations/message.ts'

// Files
export { Attachment, type AttachmentSource } from './files/attachment.ts'
export { File } from './files/file.ts'
export { fileContract } from './files/file-contract.ts'
export { FileLink } from './files/file-link.ts'
export { FileErrors } from './files/file-errors.ts'
export { FileEvents } from './files/file-events.ts'
export { FileJobs } from './files/file-jobs.ts'
export { FileKeeping, type FileKeepingDeps } from './files/file-keeping.ts'
export { FileService, type FileServiceDeps, type Upload } from './files/file-service.ts'
export { FileSettings } from './files/file-settings.ts'
export { type FileType, fileTypes } from './files/file-type.ts'

// Provider settings
export {
  ModelProvider,
  NewProviderSetting,
  ProviderPolicy,
  ProviderSetting,
  ProviderSettingChange,
  ProviderTest,
} from './provider-settings/provider-setting.ts'
export { providerSettingContract } from './provider-settings/provider-setting-contract.ts'
export {
  ProviderProbeService,
  type ProviderProbeServiceDeps,
} from './provider-settings/provider-probe-service.ts'
export { ProviderSettingErrors } from './provider-settings/provider-setting-errors.ts'
export { ProviderSettingEvents } from './provider-settings/provider-setting-events.ts'
export {
  ProviderSettingService,
  type ProviderSettingServiceDeps,
} from './provider-settings/provider-setting-service.ts'
export { ProviderSettingSettings } from './provider-settings/provider-setting-settings.ts'
