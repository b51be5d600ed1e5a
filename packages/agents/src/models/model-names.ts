import type { Agent, ModelTier } from '../agents/agent.ts'

export interface ModelSettingsValues {
  readonly modelDefault: string
  readonly modelTriage: string | undefined
  readonly modelCode: string | undefined
  readonly modelData: string | undefined
  readonly modelFallbacks: readonly string[]
}

/** The models of an agent, in the order in which they are tried. */
export function modelsOf({ model = 'default' }: Agent, settings: ModelSettingsValues): readonly string[] {
  const first = typeof model === 'object' ? model.name : (ofTier(model, settings) ?? settings.modelDefault)
  return [first, ...settings.modelFallbacks.filter((name) => name !== first)]
}

function ofTier(tier: ModelTier, settings: ModelSettingsValues): string | undefined {
  switch (tier) {
    case 'default':
      return settings.modelDefault
    case 'triage':
      return settings.modelTriage
    case 'code':
      return settings.modelCode
    case 'data':
      return settings.modelData
  }
}
