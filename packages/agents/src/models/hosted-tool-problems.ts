import type { StartProblem } from '@corbel/core'
import type { AgentRegistry } from '../agents/agent-registry.ts'
import type { ModelVendor } from '../ports/model-vendor.ts'
import type { Models } from '../ports/models.ts'
import type { HostedToolKind } from '../tools/hosted-tool.ts'
import { modelsOf, type ModelSettingsValues, parseModelName } from './model-names.ts'

export interface HostedToolCheck {
  readonly registry: AgentRegistry
  readonly modelSettings: ModelSettingsValues
  readonly models: Models
  readonly vendors: readonly ModelVendor[]
}

/** Agents whose models have nobody who carries out what they are to have: by the platform's accounts, and by tenants' own. */
export function hostedToolProblems(check: HostedToolCheck): readonly StartProblem[] {
  return check.registry.list().flatMap((agent) =>
    modelsOf(agent, check.modelSettings).flatMap((name) =>
      agent.hostedTools.flatMap(({ kind }) =>
        isCarriedOut(kind, name, check)
          ? []
          : [
              {
                subject: `The agent "${agent.name}"`,
                what: `has the hosted tool ${kind}, which the model ${name} has not`,
                why: 'Hosted tools are carried out by the provider of a model; only the Responses API of OpenAI has them.',
                fix: 'Give the agent and its fallbacks models of OpenAI by the Responses API, or take the tool from it.',
              },
            ],
      ),
    ),
  )
}

function isCarriedOut(kind: HostedToolKind, name: string, { models, vendors }: HostedToolCheck): boolean {
  // A stand-in carries out nothing, says so, and is refused by production.
  const own = models.adapter.standIn ? undefined : models.hostedTools ? models.hostedTools(name) : []
  const vendor = vendors.find(({ provider }) => provider === parseModelName(name).provider)
  return (own?.includes(kind) ?? true) && (vendor === undefined || (vendor.hostedTools ?? []).includes(kind))
}
