import {
  addMilliseconds,
  before,
  type Clock,
  type Id,
  milliseconds,
  newId,
  type Transaction,
} from '@corbel/core'
import { BillingErrors } from '../billing-errors.ts'
import type { PlanCatalog } from '../catalog/plan.ts'
import type { SubscriptionStanding } from '../entitlements/subscription-standing.ts'
import type { UsageDraft, UsageRecord, UsageRepository } from '../ports/usage-repository.ts'
import type { UsagePeriod, UsageReceipt, UsageReport, UsageTotals } from './usage.ts'

export interface UsageServiceDeps {
  readonly plans: PlanCatalog
  readonly standing: SubscriptionStanding
  readonly usage: UsageRepository
  readonly clock: Clock
  readonly transaction: Transaction<{ readonly usage: UsageRepository }>
}

/** How far back payment providers take usage. */
export const longestPast = '35d'
const furthestAhead = '5m'

/** What tenants use: counted once for its key, for ever. */
export class UsageService {
  readonly #deps: UsageServiceDeps

  constructor(deps: UsageServiceDeps) {
    this.#deps = deps
  }

  /** The same as {@link UsageService.recordAll} of one. */
  async record(tenantId: Id<'ten'>, report: UsageReport): Promise<UsageReceipt> {
    const [receipt] = await this.recordAll(tenantId, [report])
    if (!receipt) throw new Error('The storage gave no record for a report.')
    return receipt
  }

  /**
   * Resolves once all of them are stored, now or before; receipts have the order of the reports.
   *
   * @throws `billing/feature-unknown`, `billing/usage-out-of-time`, `billing/usage-key-reused`: nothing was stored then.
   */
  async recordAll(tenantId: Id<'ten'>, reports: readonly UsageReport[]): Promise<readonly UsageReceipt[]> {
    const now = this.#deps.clock.now()
    const drafts = reports.map((report) => this.#draftOf(report, now))
    return this.#deps.transaction(async ({ usage }) => {
      const records = await usage.insert(tenantId, drafts)
      return records.map((record, at) => receiptOf(record, drafts[at], reports[at]))
    })
  }

  async totals(tenantId: Id<'ten'>, { from, until }: UsagePeriod): Promise<UsageTotals> {
    const { usage, standing } = this.#deps
    const period =
      from === undefined || until === undefined
        ? await standing.periodOf(tenantId)
        : { from: new Date(from), until: new Date(until) }
    return {
      from: period.from.toISOString(),
      until: period.until.toISOString(),
      totals: await usage.totals(tenantId, period),
    }
  }

  #draftOf({ occurredAt, reference, ...report }: UsageReport, now: Date): UsageDraft {
    const { plans } = this.#deps
    const at = occurredAt === undefined ? now : new Date(occurredAt)
    if (!plans.features.includes(report.featureKey))
      throw BillingErrors.featureUnknown({ detail: `No plan has the feature ${report.featureKey}.` })
    if (at < before(now, longestPast) || at > addMilliseconds(now, milliseconds(furthestAhead)))
      throw BillingErrors.usageOutOfTime({ detail: `It is said to have happened at ${at.toISOString()}.` })
    return {
      ...report,
      id: newId('use'),
      reference: reference ?? null,
      occurredAt: at,
      recordedAt: now,
      dueAt: plans.meters.includes(report.featureKey) ? now : null,
    }
  }
}

function receiptOf(
  record: UsageRecord,
  draft: UsageDraft | undefined,
  report: UsageReport | undefined,
): UsageReceipt {
  if (!draft || !report) throw new Error('The storage gave a record that nobody reported.')
  const isSame =
    record.featureKey === draft.featureKey &&
    record.quantity === draft.quantity &&
    record.reference === draft.reference &&
    // Without a time it is meant to be now, and now is another one with each attempt.
    (report.occurredAt === undefined || record.occurredAt.getTime() === draft.occurredAt.getTime())
  if (!isSame)
    throw BillingErrors.usageKeyReused({ detail: `The key ${draft.idempotencyKey} names another report.` })
  return { id: record.id, duplicate: record.id !== draft.id }
}
