import { idSchema, text } from '@corbel/core'
import * as z from 'zod'
import { type AttachmentSource, mostAttachments } from '../files/attachment.ts'
import type { AgentRunRecord } from '../ports/agent-run-repository.ts'
import type { ModelCall } from '../ports/agent-usage-repository.ts'

/** Longest message of a user in characters. */
const longestMessage = 32_000

const message = text({ max: longestMessage })
const attachments = z
  .array(idSchema('fil'))
  .max(mostAttachments)
  .describe('Ids of files that go with the message: yours, or of a conversation that you may read.')
const clientMessageId = z
  .string()
  .regex(/^[\x21-\x7e]{1,200}$/, 'must be 1 to 200 visible ASCII characters')
  .describe('Names the message: sent again it is the same run, and nothing happens twice.')

/** What happens to a message while another run is at work in its conversation. */
export const WhenBusy = z
  .enum(['reject', 'enqueue', 'interrupt', 'rollback'])
  .describe(
    'While another run is at work: refuse, wait for it, end it, or end it and take out of the conversation what it did.',
  )
export type WhenBusy = z.infer<typeof WhenBusy>

export const ChatBody = z.strictObject({
  message,
  conversationId: idSchema('cnv').optional().describe('Absent: a new conversation.'),
  agent: z.string().max(100).optional().describe('Who is asked first. Absent: the default agent.'),
  attachments: attachments.optional(),
  clientMessageId: clientMessageId.optional(),
  whenBusy: WhenBusy.default('reject'),
})
export type ChatBody = z.infer<typeof ChatBody>

const UiPart = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  url: z.string().optional().describe('Of a file here, or a base64 data: URL.'),
  filename: z.string().max(500).optional(),
})
const UiMessage = z.looseObject({ id: clientMessageId, role: z.string(), parts: z.array(UiPart).max(500) })

/** What `useChat` of the AI SDK sends. Of the history that the client shows only the last message of the user counts. */
const UiBody = z.looseObject({
  messages: z.array(UiMessage).min(1).max(2000),
  agent: z.string().max(100).optional(),
  whenBusy: WhenBusy.default('reject'),
})

export const ClientQuery = z.strictObject({
  sdk: z
    .literal('5')
    .optional()
    .describe(
      'For `useChat` of version 5 of the AI SDK, which knows no approvals: a call that waits is one without output, and `addToolResult` with the output `{ approved }` decides about it.',
    ),
})
export type ClientQuery = z.infer<typeof ClientQuery>

export const RunBody = z.union([ChatBody.omit({ conversationId: true }), UiBody])
export type RunBody = z.infer<typeof RunBody>

export interface RunRequest extends Omit<ChatBody, 'conversationId' | 'attachments'> {
  readonly attachments?: readonly AttachmentSource[] | undefined
}

const TheMessage = z.object({ message })

/** The last message of the user, which may be files alone; null when there is none, or none that may be sent. */
export function toRunRequest(body: RunBody | RunRequest): RunRequest | null {
  if (!('messages' in body)) return body
  const { messages, agent, whenBusy } = body
  const last = messages.findLast(({ role }) => role === 'user')
  if (!last) return null
  const words = last.parts.flatMap((part) => (part.type === 'text' ? [part.text ?? ''] : []))
  const sources = last.parts.flatMap(({ type, url = '', filename: name }) =>
    type === 'file' ? [{ url, name }] : [],
  )
  const said = TheMessage.safeParse({ message: words.join('\n') })
  if (!said.success && (sources.length === 0 || words.join('') !== '')) return null
  const text = said.data?.message ?? ''
  return { message: text, agent, clientMessageId: last.id, whenBusy, attachments: sources }
}

export const AgentUsage = z.object({
  calls: z.number(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  estimated: z.boolean().describe('Whether some of it is a guess, for the provider did not tell.'),
})
export type AgentUsage = z.infer<typeof AgentUsage>

export const toAgentUsage = (calls: readonly ModelCall[]): AgentUsage => ({
  calls: calls.length,
  inputTokens: calls.reduce((sum, call) => sum + call.inputTokens, 0),
  outputTokens: calls.reduce((sum, call) => sum + call.outputTokens, 0),
  estimated: calls.some(({ estimated }) => estimated),
})

export const AgentRunView = z.object({
  id: idSchema('arn'),
  conversationId: idSchema('cnv'),
  agent: z.string().describe('Who goes on, or had the last word.'),
  status: z.enum(['queued', 'running', 'waiting', 'completed', 'failed', 'cancelled', 'expired']),
  errorCode: z.string().nullable(),
  createdAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  usage: AgentUsage,
})
export type AgentRunView = z.infer<typeof AgentRunView>

export const toAgentRunView = (run: AgentRunRecord, calls: readonly ModelCall[]): AgentRunView => ({
  id: run.id,
  conversationId: run.conversationId,
  agent: run.agent,
  status: run.status,
  errorCode: run.errorCode,
  createdAt: run.createdAt.toISOString(),
  endedAt: run.endedAt?.toISOString() ?? null,
  usage: toAgentUsage(calls),
})

export const ChatReply = z.object({
  conversationId: idSchema('cnv'),
  runId: idSchema('arn'),
  status: AgentRunView.shape.status,
  message: z.string(),
  agent: z.string(),
  errorCode: z.string().nullable(),
  usage: AgentUsage,
})
export type ChatReply = z.infer<typeof ChatReply>
