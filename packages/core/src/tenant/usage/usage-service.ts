import type { Clock } from '../../kernel/clock.ts'
import type { Id } from '../../kernel/id.ts'
import type { UsageContributor, UsageFigure, UsageSpan } from '../../module/tenant-usage.ts'
import type { TenantRepositories } from '../ports/tenant-repositories.ts'
import type { Usage, UsageQuery } from './usage.ts'

export interface UsageServiceDeps extends Pick<TenantRepositories, 'tenants'> {
  readonly clock: Clock
  readonly usage: UsageContributor
}

/** What a tenant has and uses, in the words of the modules that count it. */
export class UsageService implements UsageContributor {
  readonly #deps: UsageServiceDeps

  constructor(deps: UsageServiceDeps) {
    this.#deps = deps
  }

  async get(tenantId: Id<'ten'>, { period }: UsageQuery): Promise<Usage> {
    const span = presentSpan(this.#deps.clock.now(), period)
    const figures = await this.#deps.usage.usageOf(tenantId, span)
    return { from: span.from.toISOString(), until: span.until.toISOString(), figures }
  }

  /** What this module counts of it. */
  async usageOf(tenantId: Id<'ten'>): Promise<readonly UsageFigure[]> {
    const counts = await this.#deps.tenants.count(tenantId, this.#deps.clock.now())
    return Object.entries(counts).map(([name, count]) => ({
      key: `tenant.${name}`,
      quantity: String(count),
      counted: 'now',
    }))
  }
}

function presentSpan(now: Date, period: UsageQuery['period']): UsageSpan {
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()]
  const at = (months: number, day: number): Date => new Date(Date.UTC(year, month + months, day))
  return period === 'month'
    ? { from: at(0, 1), until: at(1, 1) }
    : { from: at(0, now.getUTCDate()), until: at(0, now.getUTCDate() + 1) }
}
