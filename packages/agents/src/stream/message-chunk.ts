import * as z from 'zod'

/**
 * A piece of an answer, as `useChat` of the AI SDK reads it (UI message stream, version 1). Nothing of it is the provider's own: no
 * prompt, no raw event.
 */
export type MessageChunk =
  | { readonly type: 'start'; readonly messageId: string; readonly messageMetadata: RunMetadata }
  | { readonly type: 'start-step' | 'finish-step' }
  | { readonly type: 'text-start' | 'text-end'; readonly id: string }
  | { readonly type: 'text-delta'; readonly id: string; readonly delta: string }
  | {
      readonly type: 'tool-input-available'
      readonly toolCallId: string
      readonly toolName: string
      readonly input: unknown
      readonly dynamic: true
    }
  | {
      readonly type: 'tool-output-available'
      readonly toolCallId: string
      readonly output: unknown
      readonly dynamic: true
    }
  | { readonly type: 'file'; readonly url: string; readonly mediaType: string }
  | { readonly type: 'tool-approval-request'; readonly approvalId: string; readonly toolCallId: string }
  | { readonly type: 'tool-output-denied'; readonly toolCallId: string }
  | {
      readonly type: 'tool-output-error'
      readonly toolCallId: string
      readonly errorText: string
      readonly dynamic: true
    }
  | {
      readonly type: 'data-agent'
      readonly data: { readonly name: string; readonly from: string }
      readonly transient: true
    }
  | {
      readonly type: 'data-tools'
      readonly data: { readonly server: string; readonly status: 'unavailable' }
      readonly transient: true
    }
  | {
      readonly type: 'data-error'
      readonly data: { readonly code: string; readonly retryable: boolean }
      readonly transient: true
    }
  | { readonly type: 'error'; readonly errorText: string }
  | { readonly type: 'abort'; readonly reason: string }
  | {
      readonly type: 'finish'
      readonly finishReason: 'stop' | 'tool-calls' | 'content-filter' | 'error' | 'other'
      readonly messageMetadata: RunMetadata
    }

export interface RunMetadata {
  readonly runId: string
  readonly conversationId: string
  readonly agent: string
  readonly status?: string
  /** Of the end of a stream that goes on after approvals: how often it has ended so, from 1. */
  readonly pause?: number
  readonly usage?: { readonly inputTokens: number; readonly outputTokens: number }
}

export interface NumberedChunk {
  /** Counts the chunks of a run from 1. */
  readonly seq: number
  readonly chunk: MessageChunk
}

/** For the reference; what is sent was made here. */
export const MessageChunkSchema = z
  .looseObject({ type: z.string() })
  .describe('A chunk of the UI message stream of the AI SDK, version 1.')

/** An end after which the run goes on, when people have decided. */
export const isPause = (chunk: MessageChunk): boolean =>
  chunk.type === 'finish' && chunk.messageMetadata.pause !== undefined

/** Exactly one of these ends every run. */
export const isTerminal = ({ type }: MessageChunk): boolean => type === 'finish' || type === 'abort'
