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

export interface ApprovalAnswer {
  readonly id: z.infer<typeof AnsweredPart>['approval']['id']
  readonly decision: 'approve' | 'reject'
  readonly callId: string
  /** As the client shows it; undefined when it shows none. */
  readonly input: unknown
  readonly reason: string | undefined
}

/**
 * What the client's last message answers, when it is one of the assistant's: then the client goes on with it, and sends none of its
 * own. Older answers were read when they were new.
 */
export function answersIn(
  messages: readonly { readonly role: string; readonly parts: readonly unknown[] }[],
): readonly ApprovalAnswer[] {
  const last = messages.at(-1)
  if (last?.role !== 'assistant') return []
  return last.parts.flatMap((part) => {
    const { data } = AnsweredPart.safeParse(part)
    if (!data) return []
    const { approval, toolCallId, input } = data
    const decision = approval.approved ? ('approve' as const) : ('reject' as const)
    return [{ id: approval.id, decision, callId: toolCallId, input, reason: approval.reason }]
  })
}
