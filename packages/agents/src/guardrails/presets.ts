import type { Guardrail } from './guardrail.ts'
import { injectionGuardrail, personalDataGuardrail, secretsGuardrail } from './local-guardrails.ts'

/** Sets of guardrails under a name. `none` is for agents that only talk to the platform itself. */
export const guardrailPresets = {
  none: [],
  standard: [injectionGuardrail, secretsGuardrail],
  strict: [injectionGuardrail, secretsGuardrail, personalDataGuardrail],
} as const satisfies Readonly<Record<string, readonly Guardrail[]>>

export type GuardrailPreset = keyof typeof guardrailPresets

export const guardrailsOf = (guardrails: GuardrailPreset | readonly Guardrail[]): readonly Guardrail[] =>
  typeof guardrails === 'string' ? guardrailPresets[guardrails] : guardrails
