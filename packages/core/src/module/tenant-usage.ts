import type { Id } from '../kernel/id.ts'

export interface UsageSpan {
  readonly from: Date
  /** Not included. */
  readonly until: Date
}

export interface UsageFigure {
  /** Begins with the name of the module: `agents.input_tokens`. */
  readonly key: string
  /** A decimal number without needless zeros. */
  readonly quantity: string
  /** `period`: what came to be between its ends. `now`: what there is, whatever the period. */
  readonly counted: 'period' | 'now'
}

/** What a module counts of a tenant, in one statement. */
export interface UsageContributor {
  usageOf(tenantId: Id<'ten'>, span: UsageSpan): Promise<readonly UsageFigure[]>
}

interface Counting {
  readonly name: string
  readonly usage?: (services: never) => UsageContributor
}

/** Asks each module that counts something, in their order. */
export const tenantUsageOf = (
  modules: readonly Counting[],
  services: Readonly<Record<string, unknown>>,
): UsageContributor => ({
  async usageOf(tenantId, span) {
    const contributors = modules.flatMap(({ name, usage }) => (usage ? [usage(services[name] as never)] : []))
    const figures = contributors.map((contributor) => contributor.usageOf(tenantId, span))
    return (await Promise.all(figures)).flat()
  },
})
