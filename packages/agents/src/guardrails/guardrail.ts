import * as z from 'zod'

/** When a guardrail looks: at what the user said, at what the model says, at what a tool is called with or returns. */
export const GuardrailStage = z.enum(['input', 'output', 'tool-input', 'tool-output'])
export type GuardrailStage = z.infer<typeof GuardrailStage>

export interface GuardrailCheck {
  readonly text: string
  readonly agent: string
  readonly signal: AbortSignal
}

/**
 * Looks at a text, and refuses it by a reason. One that throws, or takes longer than 5 s, refuses in production and lets pass
 * elsewhere.
 */
export interface Guardrail {
  /** Once among the guardrails of an agent. */
  readonly name: string
  readonly summary: string
  readonly stages: readonly GuardrailStage[]
  /**
   * For the stage `output`, where the last words begin that may yet become something to refuse: those are kept back until it is
   * clear. Without it the whole answer is kept back until it was checked.
   */
  pendingFrom?(text: string): number
  /** Null lets it pass; a string, safe to show to the user, refuses it. */
  check(check: GuardrailCheck): string | null | Promise<string | null>
}

/** A guardrail as people see it. */
export const GuardrailView = z.object({
  name: z.string(),
  summary: z.string(),
  stages: z.array(GuardrailStage).readonly(),
  agents: z.array(z.string()).readonly(),
})
export type GuardrailView = z.infer<typeof GuardrailView>

export const GuardrailPresetView = z.object({
  name: z.string(),
  guardrails: z.array(z.string()).readonly(),
})
export type GuardrailPresetView = z.infer<typeof GuardrailPresetView>
