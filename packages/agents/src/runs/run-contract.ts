import {
  defineContract,
  empty,
  eventStream,
  idSchema,
  json,
  ok,
  type RateLimit,
  type StreamLimit,
  type UserAccess,
} from '@corbel/core'
import * as z from 'zod'
import { AgentsErrors } from '../agents-errors.ts'
import { ApprovalErrors } from '../approvals/approval-errors.ts'
import { ConversationErrors } from '../conversations/conversation-errors.ts'
import { FileErrors } from '../files/file-errors.ts'
import { AgentsPermissions } from '../agents-permissions.ts'
import { MessageChunkSchema } from '../stream/message-chunk.ts'
import { RunSettings } from './run-settings.ts'
import { AgentRunView, ChatBody, ChatReply, ClientQuery, RunBody } from './agent-run.ts'

// A conversation is a person's, so no machine has one.
const access: UserAccess = { kind: 'user', scopes: [AgentsPermissions.chat.scope] }
const refusals = [
  AgentsErrors.agentNotFound,
  ConversationErrors.notFound,
  AgentsErrors.conversationBusy,
  AgentsErrors.quotaExceeded,
  FileErrors.notFound,
  FileErrors.tooMany,
  FileErrors.tooLarge,
  FileErrors.notTaken,
]
/** Of files that come inside the message. */
const broughtRefusals = [
  FileErrors.addressRefused,
  FileErrors.empty,
  FileErrors.typeMismatch,
  FileErrors.quotaExceeded,
  FileErrors.interrupted,
]
const ofRun = { params: z.object({ id: idSchema('arn') }), errors: [AgentsErrors.runNotFound] }
const ofConversation = z.object({ id: idSchema('cnv') })
const rateLimit: readonly RateLimit[] = [
  { name: 'chat', by: 'user', limit: 60, window: '1m', setting: RunSettings.chatPerUser.env },
  { name: 'chat-tenant', by: 'tenant', limit: 600, window: '1m', setting: RunSettings.chatPerTenant.env },
]
const streamLimit: StreamLimit = {
  name: 'chat-streams',
  by: 'user',
  limit: 20,
  setting: RunSettings.chatStreams.env,
}
const stream = eventStream(MessageChunkSchema)

export const runContract = defineContract('chat', '/api/v1', {
  chat: {
    method: 'POST',
    path: '/chat',
    access,
    summary: 'Say something to an agent, and wait for what it says',
    description: 'Leaving does not end the run: its answer is in the conversation.',
    body: json(ChatBody),
    success: ok(ChatReply),
    errors: refusals,
    rateLimit,
    idempotent: false,
  },
  stream: {
    method: 'POST',
    path: '/chat/stream',
    access,
    summary: 'Say something to an agent, and read along',
    body: json(ChatBody),
    success: stream,
    streamLimit,
    errors: refusals,
    rateLimit,
    idempotent: false,
  },
  begin: {
    method: 'POST',
    path: '/conversations/{id}/runs',
    access,
    summary: 'Say something in a conversation, and read along; takes what `useChat` of the AI SDK sends',
    description:
      'Of the messages that a client sends along only the last one of the user is read; or, when the last one is of the assistant, its answers to requests for approval. Files go with it as parts of the type `file`, whose `url` is that of a file here or a base64 `data:` URL.',
    params: ofConversation,
    query: ClientQuery,
    body: json(RunBody),
    success: stream,
    streamLimit,
    errors: [...refusals, ...broughtRefusals, AgentsErrors.noMessage, ...Object.values(ApprovalErrors)],
    rateLimit,
    idempotent: false,
  },
  followConversation: {
    method: 'GET',
    path: '/conversations/{id}/stream',
    access,
    summary: 'Read along with the run at work in a conversation, from its beginning',
    params: ofConversation,
    query: ClientQuery,
    success: stream,
    streamLimit,
    alternatives: [empty(204)],
    errors: [ConversationErrors.notFound],
  },
  get: {
    method: 'GET',
    path: '/agent-runs/{id}',
    access,
    summary: 'Show a run and what it used',
    success: ok(AgentRunView),
    ...ofRun,
  },
  follow: {
    method: 'GET',
    path: '/agent-runs/{id}/stream',
    access,
    summary: 'Read along with a run, after the chunk that `Last-Event-ID` names',
    success: stream,
    streamLimit,
    ...ofRun,
  },
  cancel: {
    method: 'POST',
    path: '/agent-runs/{id}/cancel',
    access,
    summary: 'Ask a run to end; what it has said stays',
    success: ok(AgentRunView),
    idempotent: false,
    ...ofRun,
  },
})
