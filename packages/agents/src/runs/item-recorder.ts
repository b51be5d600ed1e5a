import { type Clock, newId } from '@corbel/core'
import type { AgentRunRecord } from '../ports/agent-run-repository.ts'
import type { ModelCall } from '../ports/agent-usage-repository.ts'
import type { ConversationItems, ItemContent } from '../ports/conversation-items.ts'

/** What a result says that nobody knows. */
const interrupted = 'Interrupted: whether it took effect is not known. Check before doing it again.'

export interface ItemRecorderDeps {
  readonly conversationItems: ConversationItems
  readonly clock: Clock
}

/**
 * Writes what a run says and does into its conversation as it happens: calls before they are carried out, results before the model
 * sees them. Each call and each result once, however often it is given.
 */
export class ItemRecorder {
  readonly #deps: ItemRecorderDeps
  readonly #run: AgentRunRecord
  readonly #open = new Map<string, string>()
  readonly #known = new Set<string>()
  #last: Promise<void> = Promise.resolve()

  /** @param history - What the conversation holds already. */
  constructor(deps: ItemRecorderDeps, run: AgentRunRecord, history: readonly ItemContent[]) {
    this.#deps = deps
    this.#run = run
    for (const content of history) this.#note(content)
  }

  /**
   * Those that are neither known nor anything but what an agent adds.
   *
   * @param saidBy - The call whose row is written with them, in one statement.
   */
  record(contents: readonly ItemContent[], saidBy?: ModelCall): Promise<void> {
    const fresh = contents.filter((content) => !this.#isKnown(content))
    for (const content of fresh) this.#note(content)
    if (fresh.length === 0 && !saidBy) return this.#last
    this.#last = this.#last.then(() => this.#append(fresh, saidBy))
    return this.#last
  }

  /** Whether it is a call that has no result yet. */
  isOpen(callId: string): boolean {
    return this.#open.has(callId)
  }

  /**
   * Calls that have no result get one that says so: a model refuses a conversation in which one is missing. Returns those results,
   * which the model is to be told.
   */
  async closeCalls(): Promise<readonly ItemContent[]> {
    const results = [...this.#open].map(([callId, name]): ItemContent => ({
      type: 'function_call_result',
      callId,
      name,
      status: 'incomplete',
      output: { type: 'text', text: interrupted },
    }))
    await this.record(results)
    return results
  }

  #isKnown(content: ItemContent): boolean {
    const key = keyOf(content)
    return key !== null && this.#known.has(key)
  }

  #note(content: ItemContent): void {
    const key = keyOf(content)
    if (key !== null) this.#known.add(key)
    if (content.type === 'function_call') this.#open.set(content.callId, content.name)
    if (content.type === 'function_call_result') this.#open.delete(content.callId)
  }

  async #append(contents: readonly ItemContent[], saidBy: ModelCall | undefined): Promise<void> {
    const { tenantId, conversationId, id: runId } = this.#run
    await this.#deps.conversationItems.append(
      tenantId,
      conversationId,
      contents.map((content) => ({
        id: newId('itm', this.#deps.clock),
        runId,
        clientMessageId: null,
        content,
        createdAt: this.#deps.clock.now(),
      })),
      saidBy,
    )
  }
}

const keyOf = (content: ItemContent): string | null =>
  content.type === 'function_call' || content.type === 'function_call_result'
    ? `${content.type} ${content.callId}`
    : null
