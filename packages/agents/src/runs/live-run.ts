import type { Span } from '@corbel/core/ports'
import type { AgentRunRecord } from '../ports/agent-run-repository.ts'
import type { RunRecall } from '../memory/run-memory.ts'
import type { MessageChunk, RunMetadata } from '../stream/message-chunk.ts'
import type { RunLog } from '../stream/run-log.ts'
import { RunTranslator } from '../stream/run-translator.ts'
import type { ItemRecorder } from './item-recorder.ts'
import type { RunUsage } from './run-usage.ts'

export interface LiveRunParts {
  readonly run: AgentRunRecord
  readonly recall: RunRecall
  readonly recorder: ItemRecorder
  readonly usage: RunUsage
  readonly log: RunLog
  /** Aborted when the run is to end, or is another's. */
  readonly signal: AbortSignal
  readonly span: Span
}

/** A run that this process works on. */
export class LiveRun {
  readonly run: LiveRunParts['run']
  readonly recall: LiveRunParts['recall']
  readonly recorder: LiveRunParts['recorder']
  readonly usage: LiveRunParts['usage']
  readonly signal: LiveRunParts['signal']
  readonly span: LiveRunParts['span']
  readonly translator: RunTranslator
  /** Who goes on. */
  agent: string
  readonly #log: RunLog

  constructor({ run, recall, recorder, usage, log, signal, span }: LiveRunParts) {
    this.run = run
    this.recall = recall
    this.recorder = recorder
    this.usage = usage
    this.signal = signal
    this.span = span
    this.agent = run.agent
    this.#log = log
    this.translator = new RunTranslator((chunk) => log.write(chunk))
  }

  write(chunk: MessageChunk): void {
    this.#log.write(chunk)
  }

  /** Resolves when everything that was written so far can be read, or could not be written. */
  flush(): Promise<void> {
    return this.#log.flush()
  }

  metadata(more: Partial<RunMetadata> = {}): RunMetadata {
    const { id, conversationId } = this.run
    return { runId: id, conversationId, agent: this.agent, ...more }
  }
}
