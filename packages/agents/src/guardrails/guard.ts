import type { Guardrail, GuardrailStage } from './guardrail.ts'

/** A guardrail refused a text. The reason is safe to show. */
export class GuardrailTripped extends Error {
  override readonly name = 'GuardrailTripped'
  readonly guardrail: string
  readonly stage: GuardrailStage

  constructor(guardrail: string, stage: GuardrailStage, reason: string) {
    super(reason)
    this.guardrail = guardrail
    this.stage = stage
  }
}

export interface GuardOptions {
  readonly guardrails: readonly Guardrail[]
  readonly agent: string
  readonly signal: AbortSignal
  /** Whether a guardrail that fails refuses. */
  readonly failClosed: boolean
}

const patienceMs = 5000

/** @throws GuardrailTripped when one of the guardrails of the stage refuses the text. */
export async function guard(text: string, stage: GuardrailStage, options: GuardOptions): Promise<void> {
  for (const guardrail of options.guardrails) {
    if (!guardrail.stages.includes(stage)) continue
    const reason = await verdict(guardrail, text, options)
    if (reason !== null) throw new GuardrailTripped(guardrail.name, stage, reason)
  }
}

async function verdict(
  guardrail: Guardrail,
  text: string,
  { agent, signal, failClosed }: GuardOptions,
): Promise<string | null> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)])
  const gaveUp = new Promise<never>((_, reject) => {
    limit.addEventListener('abort', () => reject(new Error('The guardrail took too long.')), { once: true })
  })
  try {
    return await Promise.race([guardrail.check({ text, agent, signal: limit }), gaveUp])
  } catch {
    signal.throwIfAborted()
    return failClosed ? 'It could not be checked, so it is not passed on.' : null
  }
}

/** Lets an answer out as far as the guardrails of the stage `output` are sure of it. */
export class OutputGate {
  readonly #options: GuardOptions
  #text = ''
  #released = 0

  constructor(options: GuardOptions) {
    this.#options = {
      ...options,
      guardrails: options.guardrails.filter(({ stages }) => stages.includes('output')),
    }
  }

  /** What has been let out. */
  get released(): string {
    return this.#text.slice(0, this.#released)
  }

  /** @throws GuardrailTripped */
  async push(delta: string): Promise<string> {
    this.#text += delta
    const sure = Math.min(
      this.#text.length,
      ...this.#options.guardrails.map(({ pendingFrom }) => pendingFrom?.(this.#text) ?? 0),
    )
    if (sure <= this.#released) return ''
    return this.#release(sure)
  }

  /** The rest. */
  async finish(): Promise<string> {
    return this.#released === this.#text.length ? '' : this.#release(this.#text.length)
  }

  async #release(end: number): Promise<string> {
    // With what comes before: a thing to refuse may have begun there.
    await guard(this.#text.slice(Math.max(0, this.#released - lookBehind)), 'output', this.#options)
    const out = this.#text.slice(this.#released, end)
    this.#released = end
    return out
  }
}

const lookBehind = 400
