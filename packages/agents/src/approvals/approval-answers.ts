import { idSchema, text } from '@corbel/core'
import * as z from 'zod'

/** What `useChat` of the AI SDK sends of a call that its user has decided about. */
const AnsweredPart = z.looseObject({
  state: z.literal('approval-responded'),
  toolCallId: z.string(),
  input: z.unknown(),
  approval: z.looseObject({
    id: idSchema('apv'),
    approved: z.boolean(),
    reason: text({ max: 500 }).optional(),
  }),
})

/** What that of version 5 sends, which knows no approvals: the decision as the output of the call. */
const ToldPart = z.looseObject({
  state: z.literal('output-available'),
  toolCallId: z.string(),
  input: z.unknown(),
  output: z.strictObject({ approved: z.boolean(), reason: text({ max: 500 }).optional() }),
})

export interface CallAnswer {
  readonly decision: 'approve' | 'reject'
  readonly callId: string
  /** As the client shows it; undefined when it shows none. */
  readonly input: unknown
  readonly reason: string | undefined
}

export interface ApprovalAnswer extends CallAnswer {
  readonly id: z.infer<typeof AnsweredPart>['approval']['id']
}

interface UiMessage {
  readonly role: string
  readonly parts: readonly unknown[]
}

/**
 * What the client's last message answers, when it is one of the assistant's: then the client goes on with it, and sends none of its
 * own. Older answers were read when they were new.
 */
export const answersIn = (messages: readonly UiMessage[]): readonly ApprovalAnswer[] =>
  lastPartsOf(messages).flatMap((part) => {
    const { data } = AnsweredPart.safeParse(part)
    return data ? [{ id: data.approval.id, ...answerOf(data, data.approval) }] : []
  })

/** The same for a client of version 5. An output like that of a call that waits for nobody is no answer. */
export const outputAnswersIn = (messages: readonly UiMessage[]): readonly CallAnswer[] =>
  lastPartsOf(messages).flatMap((part) => {
    const { data } = ToldPart.safeParse(part)
    return data ? [answerOf(data, data.output)] : []
  })

function lastPartsOf(messages: readonly UiMessage[]): readonly unknown[] {
  const last = messages.at(-1)
  return last?.role === 'assistant' ? last.parts : []
}

const answerOf = (
  { toolCallId, input }: { readonly toolCallId: string; readonly input?: unknown },
  { approved, reason }: { readonly approved: boolean; readonly reason?: string | undefined },
): CallAnswer => ({ decision: approved ? 'approve' : 'reject', callId: toolCallId, input, reason })
