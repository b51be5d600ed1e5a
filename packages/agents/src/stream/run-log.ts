import type { EventStream } from '@corbel/core/ports'
import type { AgentRunId } from '../ports/conversation-items.ts'
import { isTerminal, type MessageChunk, type NumberedChunk } from './message-chunk.ts'

/** 50 ms of words in one write: at 60 words a second that is 20 writes instead of 60, and nobody sees the difference. */
const flushMs = 50
const flushChars = 2000

const streamOf = (runId: AgentRunId): string => `agent-run:${runId}`

/**
 * What a run tells, in the order in which it is told. The first chunk is written at once, words are gathered for a moment. The log is
 * how readers follow a run; what it has come to stands in the conversation.
 */
export class RunLog {
  readonly #stream: EventStream
  readonly #runId: AgentRunId
  #seq = 0
  #waiting: NumberedChunk[] = []
  #timer: NodeJS.Timeout | undefined
  #written: Promise<unknown> = Promise.resolve()

  constructor(stream: EventStream, runId: AgentRunId) {
    this.#stream = stream
    this.#runId = runId
  }

  /** Goes on where an earlier process has stopped. */
  async resume(): Promise<void> {
    for await (const { seq } of readLog(this.#stream, this.#runId)) this.#seq = seq
  }

  write(chunk: MessageChunk): void {
    const last = this.#waiting.at(-1)
    if (chunk.type === 'text-delta' && last?.chunk.type === 'text-delta' && last.chunk.id === chunk.id) {
      // Nobody has seen the last one yet: the two become one, and no number is lost.
      this.#waiting[this.#waiting.length - 1] = {
        seq: last.seq,
        chunk: { ...chunk, delta: last.chunk.delta + chunk.delta },
      }
    } else {
      this.#seq += 1
      this.#waiting.push({ seq: this.#seq, chunk })
    }
    const waiting = this.#waiting.at(-1)?.chunk
    const isLong = waiting?.type === 'text-delta' && waiting.delta.length > flushChars
    if (chunk.type !== 'text-delta' || isLong || this.#seq <= 4) void this.flush()
    else this.#timer ??= setTimeout(() => void this.flush(), flushMs)
  }

  /** Resolves when everything so far is written, or could not be. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const chunks = this.#waiting
    if (chunks.length > 0) {
      this.#waiting = []
      const append = () => this.#stream.append(streamOf(this.#runId), JSON.stringify(chunks))
      // What readers miss they find in the conversation; the run itself goes on.
      this.#written = this.#written.then(append).catch(() => {})
    }
    await this.#written
  }
}

/** Everything that was written so far. */
export async function* readLog(stream: EventStream, runId: AgentRunId): AsyncGenerator<NumberedChunk> {
  let cursor: string | null = null
  for (;;) {
    const { events } = await stream.read(streamOf(runId), cursor, 100)
    for (const { id, data } of events) {
      cursor = id
      yield* parse(data)
    }
    if (events.length < 100) return
  }
}

/**
 * The chunks after a number, and those to come, until the run has ended, pauses once more than `pauses` times, or the signal aborts.
 */
export async function* followLog(
  stream: EventStream,
  runId: AgentRunId,
  after: number,
  pauses: number,
  signal: AbortSignal,
): AsyncGenerator<NumberedChunk> {
  for await (const { events } of stream.follow(streamOf(runId), null, signal))
    for (const { data } of events)
      for (const numbered of parse(data)) {
        if (numbered.seq > after) yield numbered
        if (isTerminal(numbered.chunk) && pauseOf(numbered.chunk) > pauses) return
      }
}

/** No pause: beyond every pause. */
const pauseOf = (chunk: MessageChunk): number =>
  chunk.type === 'finish' ? (chunk.messageMetadata.pause ?? Infinity) : Infinity

const parse = (data: string): readonly NumberedChunk[] => JSON.parse(data) as readonly NumberedChunk[]
