import { idSchema } from '@corbel/core'
import * as z from 'zod'
import { hostedCallIn } from '../tools/hosted-call.ts'
import { Attachment, attachmentsOf } from '../files/attachment.ts'
import type { ConversationItem, ItemContent } from '../ports/conversation-items.ts'

export const Message = z.object({
  id: idSchema('itm'),
  runId: idSchema('arn').nullable(),
  role: z.enum(['user', 'assistant']),
  text: z.string(),
  attachments: z.array(Attachment).readonly().describe('Files that go with it.'),
  clientMessageId: z.string().nullable(),
  createdAt: z.iso.datetime(),
})
export type Message = z.infer<typeof Message>

/** One thing that happened: something said, a tool called, its result, a thought that was told. Never what only a provider can read. */
export const ConversationEvent = z.object({
  id: idSchema('itm'),
  runId: idSchema('arn').nullable(),
  type: z.string(),
  role: z.string().nullable(),
  name: z.string().nullable(),
  callId: z.string().nullable(),
  text: z.string().nullable(),
  attachments: z.array(Attachment).readonly(),
  createdAt: z.iso.datetime(),
})
export type ConversationEvent = z.infer<typeof ConversationEvent>

type Fields = Readonly<Record<string, unknown>>

const stringOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/** Text of `content` as the kinds of items have it: a string, or parts of which some have a `text`. */
function textOfParts(parts: unknown): string | null {
  if (typeof parts === 'string') return parts
  if (!Array.isArray(parts)) return null
  const texts = parts.flatMap((part: unknown) => {
    const { text, refusal } = part as Fields
    return stringOf(text) ?? stringOf(refusal) ?? []
  })
  return texts.length === 0 ? null : texts.join('\n')
}

/** Who said it, when it is something that a person reads as said; else null. */
export function roleOf(content: ItemContent): Message['role'] | null {
  const { type = 'message', role } = content as Fields
  return type === 'message' && (role === 'user' || role === 'assistant') ? role : null
}

/** What a message says; empty for what is not one. */
export const textOf = (content: ItemContent): string =>
  roleOf(content) === null ? '' : (textOfParts((content as Fields)['content']) ?? '')

/** Null for what nobody said. */
export function toMessage({
  id,
  runId,
  clientMessageId,
  content,
  createdAt,
}: ConversationItem): Message | null {
  const role = roleOf(content)
  if (role === null) return null
  return {
    id,
    runId,
    role,
    text: textOf(content),
    attachments: attachmentsOf(content),
    clientMessageId,
    createdAt: createdAt.toISOString(),
  }
}

export function toEvent({ id, runId, content, createdAt }: ConversationItem): ConversationEvent {
  const { type = 'message', role, name, callId, content: said, arguments: input, output } = content as Fields
  const told = typeof output === 'object' && output !== null && !Array.isArray(output) ? [output] : output
  return {
    id,
    runId,
    type: String(type),
    role: stringOf(role),
    name: stringOf(name),
    callId: stringOf(callId),
    text: textOfParts(said) ?? stringOf(input) ?? textOfParts(told),
    attachments: [...attachmentsOf(content), ...[hostedCallIn(content)?.image ?? []].flat()],
    createdAt: createdAt.toISOString(),
  }
}
