import { after, type Clock, type Id, type Origin } from '@corbel/core'
import { BillingErrors } from '../billing-errors.ts'
import type { CommandPlan, CommandScope, CommandService } from '../commands/command-service.ts'
import type { GatewayInput, GatewayOperation } from '../gateway/gateway-operations.ts'
import { type GatewayPreview, type GatewaySubscription, isOver } from '../gateway/gateway-objects.ts'
import type { PaymentGateway } from '../ports/payment-gateway.ts'
import type { SubscriptionStanding } from '../entitlements/subscription-standing.ts'
import type { ProjectionRepository } from '../ports/projection-repository.ts'
import type { TenantDirectory } from '../ports/tenant-directory.ts'
import { currentOf, listSubscriptions } from './current.ts'
import type { CustomerService } from './customer-service.ts'
import { type LastCheckout, mustBeAlone, mustStillBeLast, type OpenCheckouts } from './open-checkouts.ts'
import type { PreviewTokens } from './preview-tokens.ts'
import type { PriceBook, PriceLine } from './price-book.ts'
import { countMembers, keptSeats, seatsFor } from './seats.ts'
import { trialFor } from './trial.ts'
import type {
  CancelSubscription,
  ChangePlan,
  ChangePreview,
  PreviewChange,
  StartSubscription,
  Subscription,
} from './subscription.ts'

type Scope = CommandScope & {
  readonly projections: ProjectionRepository
  readonly directory: TenantDirectory
}

export interface SubscriptionServiceDeps {
  /** Null while billing is switched off. */
  readonly gateway: Pick<PaymentGateway, 'preview'> | null
  readonly commander: CommandService<Scope>
  readonly projections: ProjectionRepository
  readonly customerService: CustomerService
  readonly openCheckouts: OpenCheckouts
  readonly directory: TenantDirectory
  readonly prices: PriceBook
  readonly previewTokens: PreviewTokens
  readonly standing: SubscriptionStanding
  readonly clock: Clock
}

interface Target {
  readonly tenantId: Id<'ten'>
  readonly origin?: Origin
}

interface Beginning {
  /** The last one, which is not open. */
  readonly checkout: () => Promise<LastCheckout>
  /** Asked in the transaction that records the command. */
  readonly isWanted: (all: readonly GatewaySubscription[]) => boolean
}

/** States in which prices and quantities can be changed. */
const changeable: ReadonlySet<GatewaySubscription['status']> = new Set(['active', 'trialing', 'past_due'])

/** What a tenant is subscribed to, and how that changes. A tenant has at most one subscription that has not ended. */
export class SubscriptionService {
  readonly #deps: SubscriptionServiceDeps

  constructor(deps: SubscriptionServiceDeps) {
    this.#deps = deps
  }

  /** The one that has not ended, or the last of all. @throws `billing/no-subscription` for a tenant that never had one. */
  async get(tenantId: Id<'ten'>): Promise<Subscription> {
    const { prices, standing } = this.#deps
    const found = await standing.find(tenantId)
    if (!found) throw BillingErrors.noSubscription()
    const { plan, interval, seats } = prices.describe(found)
    const { members, max } = await this.#seatsOf(tenantId, found)
    const { id, status, currency, periodStart, periodEnd, trialEnd, cancelAt, endedAt } = found
    return {
      id,
      planCode: plan?.code ?? null,
      interval,
      seats,
      status,
      membersBeyondPlan: max === null ? 0 : Math.max(0, members - max),
      ...(await standing.accessOf(tenantId, found)),
      currency,
      periodStart,
      periodEnd,
      trialEnd,
      cancelAt,
      endedAt,
      hasPendingUpdate: found.hasPendingUpdate,
      hasScheduledChange: found.scheduleId !== null,
    }
  }

  /** How many members a tenant has, and for how many its plan has seats; null where that has no limit or nothing is subscribed to. */
  async seatLimit(tenantId: Id<'ten'>): Promise<{ readonly members: number; readonly max: number } | null> {
    const found = await this.#deps.standing.find(tenantId)
    if (!found || isOver(found)) return null
    const { members, max } = await this.#seatsOf(tenantId, found)
    return max === null ? null : { members, max }
  }

  /**
   * A checkout that is open is closed first, so that no second one can be bought.
   *
   * @throws `billing/already-subscribed`, `billing/change-in-progress`, `billing/trial-used`, `billing/plan-unknown`, `billing/seats-out-of-range`.
   */
  async start(target: Target, wanted: StartSubscription): Promise<Subscription> {
    const { openCheckouts } = this.#deps
    await this.#begin(target, wanted, {
      checkout: () => openCheckouts.close(target),
      isWanted: (all) => {
        if (all.some((each) => !isOver(each))) throw BillingErrors.alreadySubscribed()
        return true
      },
    })
    return this.get(target.tenantId)
  }

  /**
   * The same, but nothing for a tenant that ever had a subscription: doing it again comes to the same.
   *
   * @throws `billing/change-in-progress` too while the tenant has a checkout open: it is choosing for itself.
   */
  async startFirst(target: Target, wanted: StartSubscription): Promise<void> {
    const { openCheckouts } = this.#deps
    await this.#begin(target, wanted, {
      checkout: async () => {
        const last = await openCheckouts.find(target.tenantId)
        if (last.open !== null) throw BillingErrors.changeInProgress()
        return last
      },
      isWanted: (all) => all.length === 0,
    })
  }

  async #begin(
    target: Target,
    { planCode, interval, seats, trialDays }: StartSubscription,
    from: Beginning,
  ): Promise<void> {
    const { customerService, directory, prices, clock } = this.#deps
    const { tenantId, origin } = target
    const plan = prices.get(planCode)
    const quantity = seatsFor(plan, await countMembers(directory, tenantId), seats)
    const items = await prices.linesOf(plan, interval, quantity)
    const customerId = await customerService.ensure(tenantId, origin)
    const lastCheckout = await from.checkout()
    const now = clock.now()
    await this.#run(target, async (scope) => {
      await mustBeAlone(scope, { tenantId, customerId }, 'checkout')
      await mustStillBeLast(scope, tenantId, lastCheckout)
      const all = await listSubscriptions(scope.projections, tenantId)
      if (!from.isWanted(all)) return null
      const days = trialFor(plan.trialDays, all, trialDays)
      const trial = days > 0 && {
        trialEnd: after(now, `${days}d`).toISOString(),
        trialWithoutPayment: 'cancel' as const,
      }
      const chosen = seats !== undefined && { chosenSeats: seats }
      return {
        operation: 'startSubscription',
        input: { customerId, tenantId, items, ...chosen, ...trial },
      }
    })
  }

  /** @throws `billing/no-subscription`, `billing/not-changeable`, `billing/seats-out-of-range`. */
  async changeSeats(target: Target, seats: number): Promise<Subscription> {
    return this.#change(target, { seats }, { proration: 'next-invoice' })
  }

  /**
   * Brings the seats to the number of members as it is now, or to what was asked for when that is more; never beyond what the plan
   * allows. Nothing where seats are not paid for, and while another change is to come: it would be lost.
   */
  async fitSeats(target: Target): Promise<void> {
    const { prices } = this.#deps
    await this.#run(target, async ({ projections, directory }) => {
      const found = currentOf(await listSubscriptions(projections, target.tenantId))
      if (!found || !changeable.has(found.status) || found.scheduleId !== null || found.hasPendingUpdate)
        return null
      const { plan, seats, seatItemId } = prices.describe(found)
      if (plan === null || seatItemId === null) return null
      const members = await countMembers(directory, target.tenantId)
      const wanted = Math.max(plan.seats.included, keptSeats(found, members) ?? members)
      const quantity = Math.min(wanted, plan.seats.max ?? wanted)
      if (quantity === seats) return null
      const items = found.items.map(({ id, priceId, quantity: before }) => ({
        id,
        priceId,
        ...(before !== null && { quantity: id === seatItemId ? quantity : before }),
      }))
      return {
        operation: 'changeSubscription',
        input: { subscriptionId: found.id, items, proration: 'next-invoice' },
      }
    })
  }

  /** @throws `billing/no-subscription`, `billing/not-changeable`, `billing/plan-unknown`, `billing/seats-out-of-range`, `billing/preview-expired`. */
  async changePlan(
    target: Target,
    { when, settle, previewToken, ...wanted }: ChangePlan,
  ): Promise<Subscription> {
    if (when === 'now') {
      const prorationAt =
        previewToken === undefined
          ? undefined
          : await this.#deps.previewTokens.open(target.tenantId, previewToken)
      return this.#change(target, wanted, {
        proration: settle,
        ...(prorationAt !== undefined && { prorationAt }),
      })
    }
    const items = await this.#linesFor(target.tenantId, wanted)
    await this.#run(target, async ({ projections }) => {
      const { id } = requireChangeable(await listSubscriptions(projections, target.tenantId))
      const chosen = wanted.seats !== undefined && { chosenSeats: wanted.seats }
      return { operation: 'scheduleChange', input: { subscriptionId: id, items, ...chosen } }
    })
    return this.get(target.tenantId)
  }

  /** What {@link changePlan} would cost now, or without a change the next invoice. Changes nothing. */
  async preview(tenantId: Id<'ten'>, wanted: PreviewChange): Promise<ChangePreview> {
    const { gateway, projections, customerService, previewTokens } = this.#deps
    if (gateway === null) throw BillingErrors.notConfigured()
    const found = requireChangeable(await listSubscriptions(projections, tenantId))
    const customerId = await customerService.get(tenantId)
    const isChange = Object.values(wanted).some((value) => value !== undefined)
    const preview = await gateway.preview(
      isChange
        ? {
            of: 'existing',
            customerId,
            proration: 'now',
            ...changeOf(found, await this.#linesFor(tenantId, wanted)),
          }
        : { of: 'none', customerId, subscriptionId: found.id },
    )
    const { prorationAt } = preview
    const token = prorationAt === null || !isChange ? null : await previewTokens.issue(tenantId, prorationAt)
    return shown(preview, token)
  }

  /** Ends it now or with the period; one that is to end already stays as it is. @throws `billing/no-subscription` */
  async cancel(target: Target, { when }: CancelSubscription): Promise<Subscription> {
    await this.#run(target, async ({ projections }) => {
      const found = requireCurrent(await listSubscriptions(projections, target.tenantId))
      if (isOver(found) || (when === 'period-end' && found.cancelAt !== null)) return null
      return { operation: 'cancelSubscription', input: { subscriptionId: found.id, when } }
    })
    return this.get(target.tenantId)
  }

  /** Takes a cancellation back that is not in force yet, and wakes one that is paused. @throws `billing/subscription-ended`, `billing/no-subscription` */
  async resume(target: Target): Promise<Subscription> {
    await this.#run(target, async ({ projections }) => {
      const found = requireCurrent(await listSubscriptions(projections, target.tenantId))
      if (isOver(found)) throw BillingErrors.subscriptionEnded()
      if (found.cancelAt === null && found.status !== 'paused') return null
      return { operation: 'resumeSubscription', input: { subscriptionId: found.id } }
    })
    return this.get(target.tenantId)
  }

  /** Members are counted only where there is a limit. */
  async #seatsOf(tenantId: Id<'ten'>, subscription: GatewaySubscription) {
    const { prices, directory } = this.#deps
    const max = isOver(subscription) ? null : (prices.describe(subscription).plan?.seats.max ?? null)
    return { max, members: max === null ? 0 : await countMembers(directory, tenantId) }
  }

  async #change(
    target: Target,
    wanted: PreviewChange,
    how: Pick<GatewayInput<'changeSubscription'>, 'proration' | 'prorationAt'>,
  ): Promise<Subscription> {
    const lines = await this.#linesFor(target.tenantId, wanted)
    await this.#run(target, async ({ projections }) => {
      const found = requireChangeable(await listSubscriptions(projections, target.tenantId))
      const chosen = wanted.seats !== undefined && { chosenSeats: wanted.seats }
      return { operation: 'changeSubscription', input: { ...changeOf(found, lines), ...chosen, ...how } }
    })
    return this.get(target.tenantId)
  }

  /** What is to be paid for after a change; what it does not name stays. */
  async #linesFor(tenantId: Id<'ten'>, wanted: PreviewChange): Promise<readonly PriceLine[]> {
    const { prices, projections, directory } = this.#deps
    const found = requireChangeable(await listSubscriptions(projections, tenantId))
    const now = prices.describe(found)
    const plan = wanted.planCode === undefined ? now.plan : prices.get(wanted.planCode)
    if (!plan)
      throw BillingErrors.planUnknown({ detail: 'The present plan is no longer sold: name another.' })
    const members = await countMembers(directory, tenantId)
    const seats = seatsFor(plan, members, wanted.seats ?? keptSeats(found, members))
    return prices.linesOf(plan, wanted.interval ?? now.interval ?? 'month', seats)
  }

  #run<K extends GatewayOperation>(
    { tenantId, origin }: Target,
    plan: (scope: Scope) => Promise<CommandPlan<K> | null>,
  ) {
    const target = { tenantId, lane: 'subscription' as const, ...(origin && { origin }) }
    return this.#deps.commander.run(target, plan)
  }
}

/** The first item that counts becomes the first line, so that the gateway sees a change and not an end. */
function changeOf(
  { id, items }: GatewaySubscription,
  lines: readonly PriceLine[],
): Pick<GatewayInput<'changeSubscription'>, 'subscriptionId' | 'items' | 'removedItems'> {
  const free = new Map(items.map((item) => [item.id, item]))
  const take = (fits: (item: GatewaySubscription['items'][number]) => boolean): string | undefined => {
    const found = [...free.values()].find(fits)
    if (found) free.delete(found.id)
    return found?.id
  }
  const same = lines.map((line) => take(({ priceId }) => priceId === line.priceId))
  const kept = lines.map((line, index) => {
    const isLicensed = line.quantity !== undefined
    const own = same[index] ?? take(({ quantity }) => (quantity !== null) === isLicensed)
    return { ...line, ...(own !== undefined && { id: own }) }
  })
  return { subscriptionId: id, items: kept, removedItems: [...free.keys()] }
}

function requireCurrent(all: readonly GatewaySubscription[]): GatewaySubscription {
  const found = currentOf(all)
  if (!found) throw BillingErrors.noSubscription()
  return found
}

function requireChangeable(all: readonly GatewaySubscription[]): GatewaySubscription {
  const found = requireCurrent(all)
  if (!changeable.has(found.status)) throw BillingErrors.notChangeable({ detail: `It is ${found.status}.` })
  return found
}

const shown = (
  { currency, total, amountDue, lines, periodStart, periodEnd }: GatewayPreview,
  token: string | null,
) => ({
  currency,
  total,
  amountDue,
  periodStart,
  periodEnd,
  previewToken: token,
  lines: lines.map(({ priceId: _, ...line }) => line),
})
