import type { Agent, ModelTier } from '../agents/agent.ts'
import { ModelProvider } from '../provider-settings/provider-setting.ts'

export interface ModelSettingsValues {
  readonly modelDefault: string
  readonly modelTriage: string | undefined
  readonly modelCode: string | undefined
  readonly modelData: string | undefined
  readonly modelFallbacks: readonly string[]
}

/** The models of an agent, in the order in which they are tried. */
export function modelsOf(
  { model = 'default' }: Agent,
  settings: ModelSettingsValues,
): readonly [string, ...string[]] {
  const first = typeof model === 'object' ? model.name : (ofTier(model, settings) ?? settings.modelDefault)
  return [first, ...settings.modelFallbacks.filter((name) => name !== first)]
}

/** `anthropic/claude-x` is a model of Anthropic; without the name of a provider before the first slash it is one of OpenAI. */
export function parseModelName(name: string): { readonly provider: ModelProvider; readonly model: string } {
  const slash = name.indexOf('/')
  const { data: provider } = ModelProvider.safeParse(name.slice(0, Math.max(0, slash)))
  return provider === undefined
    ? { provider: 'openai', model: name }
    : { provider, model: name.slice(slash + 1) }
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
