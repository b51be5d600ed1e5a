import type { RunStreamEvent } from '@openai/agents-core'
import { handoffPrefix } from '../tools/tool.ts'
import { hostedCallIn } from '../tools/hosted-call.ts'
import { hostedChunks } from './hosted-chunks.ts'
import type { MessageChunk } from './message-chunk.ts'

/** Turns what the SDK tells into what the user may see. Steps are opened and closed, texts begun and ended. */
export class RunTranslator {
  readonly #write: (chunk: MessageChunk) => void
  #isInStep = false
  #texts = 0
  #text: string | null = null

  constructor(write: (chunk: MessageChunk) => void) {
    this.#write = write
  }

  take(event: RunStreamEvent): void {
    if (event.type === 'agent_updated_stream_event') return
    if (event.type === 'run_item_stream_event') return this.#takeItem(event)
    const { data } = event
    if (data.type === 'response_started') {
      // Each answer of the model is a step of its own.
      this.end()
      this.#openStep()
    } else if (data.type === 'output_text_delta') this.#takeText(data.delta)
    else if (data.type === 'response_done') {
      this.#openStep()
      this.#endText()
      for (const item of data.response.output) {
        const hosted = hostedCallIn(item)
        if (hosted) for (const chunk of hostedChunks(hosted)) this.#write(chunk)
        if (item.type === 'function_call' && !item.name.startsWith(handoffPrefix))
          this.#write({
            type: 'tool-input-available',
            toolCallId: item.callId,
            toolName: item.name,
            input: parsed(item.arguments),
            dynamic: true,
          })
      }
    }
  }

  /** Closes what is open. */
  end(): void {
    this.#endText()
    if (this.#isInStep) this.#write({ type: 'finish-step' })
    this.#isInStep = false
  }

  #takeText(delta: string): void {
    this.#openStep()
    if (this.#text === null) {
      this.#texts += 1
      this.#text = `txt_${this.#texts}`
      this.#write({ type: 'text-start', id: this.#text })
    }
    this.#write({ type: 'text-delta', id: this.#text, delta })
  }

  #takeItem({ name, item }: Extract<RunStreamEvent, { readonly type: 'run_item_stream_event' }>): void {
    if (name === 'handoff_occurred' && item.type === 'handoff_output_item')
      this.#write({
        type: 'data-agent',
        data: { name: item.targetAgent.name, from: item.sourceAgent.name },
        transient: true,
      })
    if (name === 'tool_output' && item.rawItem?.type === 'function_call_result')
      this.#write({
        type: 'tool-output-available',
        toolCallId: item.rawItem.callId,
        output: outputText(item.rawItem.output),
        dynamic: true,
      })
  }

  #openStep(): void {
    if (!this.#isInStep) this.#write({ type: 'start-step' })
    this.#isInStep = true
  }

  #endText(): void {
    if (this.#text !== null) this.#write({ type: 'text-end', id: this.#text })
    this.#text = null
  }
}

const outputText = (output: unknown): unknown =>
  typeof output === 'object' && output !== null && 'text' in output ? output.text : output

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    // Models write broken JSON; the SDK answers them, and people see what was meant.
    return json
  }
}
