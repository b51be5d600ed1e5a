import type { MessageChunk, NumberedChunk } from './message-chunk.ts'

/**
 * The same for version 5 of the AI SDK, whose stream ends at the first chunk that it does not know: that a call waits shows in its
 * having no output, and that it was denied as its failure.
 */
export async function* withoutApprovals(chunks: AsyncIterable<NumberedChunk>): AsyncGenerator<NumberedChunk> {
  for await (const { seq, chunk } of chunks) {
    if (chunk.type === 'tool-approval-request') continue
    yield { seq, chunk: chunk.type === 'tool-output-denied' ? denied(chunk.toolCallId) : chunk }
  }
}

const denied = (toolCallId: string): MessageChunk => ({
  type: 'tool-output-error',
  toolCallId,
  dynamic: true,
  errorText: 'It was not approved.',
})
