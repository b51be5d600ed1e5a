import { defineContract, empty, eventStream, idSchema, json, ok, type UserAccess } from '@corbel/core'
import * as z from 'zod'
import { AgentsErrors } from '../agents-errors.ts'
import { ApprovalErrors } from '../approvals/approval-errors.ts'
import { ConversationErrors } from '../conversations/conversation-errors.ts'
import { AgentsPermissions } from '../agents-permissions.ts'
import { MessageChunkSchema } from '../stream/message-chunk.ts'
import { AgentRunView, ChatBody, ChatReply, RunBody } from './agent-run.ts'

// A conversation is a person's, so no machine has one.
const access: UserAccess = { kind: 'user', scopes: [AgentsPermissions.chat.scope] }
const refusals = [AgentsErrors.agentNotFound, ConversationErrors.notFound, AgentsErrors.conversationBusy]
const ofRun = { params: z.object({ id: idSchema('arn') }), errors: [AgentsErrors.runNotFound] }
const ofConversation = z.object({ id: idSchema('cnv') })
const limit = { name: 'chat', by: 'user', limit: 60, window: '1m' } as const
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
    rateLimit: limit,
    idempotent: false,
  },
  stream: {
    method: 'POST',
    path: '/chat/stream',
    access,
    summary: 'Say something to an agent, and read along',
    body: json(ChatBody),
    success: stream,
    errors: refusals,
    rateLimit: limit,
    idempotent: false,
  },
  begin: {
    method: 'POST',
    path: '/conversations/{id}/runs',
    access,
    summary: 'Say something in a conversation, and read along; takes what `useChat` of the AI SDK sends',
    description:
      'Of the messages that a client sends along only the last one of the user is read; or, when the last one is of the assistant, its answers to requests for approval.',
    params: ofConversation,
    body: json(RunBody),
    success: stream,
    errors: [...refusals, AgentsErrors.noMessage, ...Object.values(ApprovalErrors)],
    rateLimit: limit,
    idempotent: false,
  },
  followConversation: {
    method: 'GET',
    path: '/conversations/{id}/stream',
    access,
    summary: 'Read along with the run at work in a conversation, from its beginning',
    params: ofConversation,
    success: stream,
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
