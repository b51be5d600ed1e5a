import { after, type Clock, type Id, newId, type QuotaLimit, type Transaction } from '@corbel/core'
import type { EventRecorder } from '@corbel/core/ports'
import { BillingErrors } from '../billing-errors.ts'
import { BillingEvents } from '../billing-events.ts'
import type { EntitlementService } from '../entitlements/entitlement-service.ts'
import type { QuotaCounter, QuotaStore } from '../ports/quota-store.ts'

export interface QuotaServiceDeps {
  readonly entitlements: EntitlementService
  readonly quotas: QuotaStore
  readonly clock: Clock
  readonly transaction: Transaction<{ readonly events: EventRecorder }>
}

/** An amount that is about to be spent. */
export interface Reservation {
  /** Counts what was spent in its place; 0 gives all of it back. Of several calls the first counts. */
  settle(spent: number): Promise<void>
}

interface Allowance {
  readonly counter: QuotaCounter
  readonly isIncluded: boolean
  readonly planCode: string | null
  /** Null for any amount. */
  readonly limit: number | null
  readonly enforcement: 'hard' | 'soft'
  /** When counting begins anew; null for never. */
  readonly resetAt: Date | null
}

/** Longer than any call that is paid for by its outcome takes: what nobody settled by then is given up. */
const heldFor = '15m'

/** Holds tenants to what they may use: an amount is reserved before it is spent. */
export class QuotaService {
  readonly #deps: QuotaServiceDeps

  constructor(deps: QuotaServiceDeps) {
    this.#deps = deps
  }

  /**
   * Takes a whole amount, at the most that it can come to. A soft limit only tells: once a period, and again when the process dies
   * while it does.
   *
   * @param key - Names the reservation, within the tenant: the same again is the same one, and takes nothing more. @default a new one
   * @throws `billing/feature-not-included`, `billing/quota-exceeded`
   */
  async reserve(tenantId: Id<'ten'>, featureKey: string, amount: number, key?: string): Promise<Reservation> {
    const { quotas, clock } = this.#deps
    mustBeWhole(amount)
    const allowance = await this.#allowanceOf(tenantId, featureKey)
    const { counter, isIncluded, limit, enforcement } = allowance
    if (!isIncluded) throw BillingErrors.featureNotIncluded({ detail: `${featureKey} is not included.` })
    const id: Id<'rsv'> = key === undefined ? newId('rsv') : `rsv_${key}`
    const now = clock.now()
    const expiresAt = after(now, heldFor)
    const most = enforcement === 'hard' ? limit : null
    const { granted, used } = await quotas.reserve({ ...counter, id, amount, limit: most, now, expiresAt })
    // A store may refuse with what it saw before those that it waited for.
    if (!granted) throw exceeded(allowance, amount, await quotas.used(counter, now), now)
    if (limit !== null && used > limit) await this.#tell(allowance, limit, used)
    return {
      async settle(spent) {
        mustBeWhole(spent)
        await quotas.settle({ ...counter, id }, spent)
      },
    }
  }

  /** The hard limit that leaves nothing to spend, 0 for what is not included at all; null when something is left. */
  async refusal(tenantId: Id<'ten'>, featureKey: string): Promise<QuotaLimit | null> {
    const { quotas, clock } = this.#deps
    const allowance = await this.#allowanceOf(tenantId, featureKey)
    const { counter, limit, enforcement } = allowance
    if (limit === null || enforcement === 'soft') return null
    const used = await quotas.used(counter, clock.now())
    return used < limit ? null : limitOf(allowance, limit, used)
  }

  async #allowanceOf(tenantId: Id<'ten'>, featureKey: string): Promise<Allowance> {
    const { entitlements: service } = this.#deps
    const { planCode, from, until, entitlements } = await service.get(tenantId)
    const entitled = entitlements[featureKey] ?? false
    const { limit, per, enforcement } =
      // What has no limit is counted too: the next plan may have one.
      typeof entitled === 'boolean'
        ? { limit: entitled ? null : 0, per: service.countedPer(featureKey), enforcement: 'hard' as const }
        : entitled
    const isOfPeriod = per === 'period'
    const periodStart = isOfPeriod ? new Date(from) : new Date(0)
    const resetAt = isOfPeriod ? new Date(until) : null
    const counter = { tenantId, featureKey, periodStart }
    return { counter, isIncluded: entitled !== false, planCode, limit, enforcement, resetAt }
  }

  /** A counter of its own, that goes to 1, says who tells. */
  async #tell({ counter, resetAt }: Allowance, limit: number, used: number): Promise<void> {
    const { quotas, clock, transaction } = this.#deps
    const { tenantId, featureKey } = counter
    const mark = { ...counter, featureKey: `told:${featureKey}`, id: newId('rsv') }
    const now = clock.now()
    const { granted } = await quotas.reserve({
      ...mark,
      amount: 1,
      limit: 1,
      now,
      expiresAt: after(now, '1m'),
    })
    if (!granted) return
    const payload = { featureKey, limit, used, resetAt: resetAt?.toISOString() ?? null }
    await transaction(({ events }) => events.record(BillingEvents.quotaExceeded(tenantId, payload)))
    await quotas.settle(mark, 1)
  }
}

function exceeded(allowance: Allowance, amount: number, used: number, now: Date): Error {
  const { counter, limit, resetAt } = allowance
  const times = resetAt ? ` Counting begins anew at ${resetAt.toISOString()}.` : ''
  return BillingErrors.quotaExceeded({
    detail: `${counter.featureKey}: ${used} of ${limit} are used or reserved, and ${amount} more do not fit.${times}`,
    ...(limit !== null && { quota: limitOf(allowance, limit, used) }),
    ...(resetAt && { retryAfter: (resetAt.getTime() - now.getTime()) / 1000 }),
  })
}

const limitOf = (
  { counter, planCode, enforcement, resetAt }: Allowance,
  limitValue: number,
  usage: number,
): QuotaLimit => ({
  planCode,
  featureKey: counter.featureKey,
  limitType: enforcement,
  limitValue,
  usage,
  window: resetAt ? 'period' : 'tenant',
  resetAt: resetAt?.toISOString() ?? null,
})

function mustBeWhole(amount: number): void {
  if (!Number.isSafeInteger(amount) || amount < 0)
    throw new RangeError(`A quota counts in whole numbers from 0: ${amount} is none. Round it up.`)
}
