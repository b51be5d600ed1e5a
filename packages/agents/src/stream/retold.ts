import type { AgentRunRecord } from '../ports/agent-run-repository.ts'
import type { ItemContent } from '../ports/conversation-items.ts'
import type { AgentUsage } from '../runs/agent-run.ts'
import { hostedCallIn } from '../tools/hosted-call.ts'
import { hostedChunks } from './hosted-chunks.ts'
import { textOf } from '../conversations/message.ts'
import { isTerminal, type MessageChunk, type NumberedChunk } from './message-chunk.ts'

/** A run that has ended, told from what the conversation holds; to a reader who had begun to read, only how it ended. */
export function* retold(
  run: AgentRunRecord,
  items: readonly ItemContent[],
  { inputTokens, outputTokens }: AgentUsage,
  after: number,
): Generator<NumberedChunk> {
  const metadata = { runId: run.id, conversationId: run.conversationId, agent: run.agent }
  const chunks: MessageChunk[] = [
    { type: 'start', messageId: run.id, messageMetadata: metadata },
    { type: 'start-step' },
    ...items.flatMap((item, index): MessageChunk[] => {
      const hosted = hostedCallIn(item)
      if (hosted) return [...hostedChunks(hosted)]
      const text = 'role' in item && item.role === 'assistant' ? textOf(item) : ''
      const id = `txt_${index}`
      return text === ''
        ? []
        : [
            { type: 'text-start', id },
            { type: 'text-delta', id, delta: text },
            { type: 'text-end', id },
          ]
    }),
    { type: 'finish-step' },
    run.status === 'cancelled'
      ? { type: 'abort', reason: 'user' }
      : {
          type: 'finish',
          finishReason: run.status === 'waiting' ? 'tool-calls' : run.status === 'failed' ? 'error' : 'stop',
          messageMetadata: { ...metadata, status: run.status, usage: { inputTokens, outputTokens } },
        },
  ]
  for (const [index, chunk] of chunks.entries())
    if (after === 0 || isTerminal(chunk)) yield { seq: after + index + 1, chunk }
}
