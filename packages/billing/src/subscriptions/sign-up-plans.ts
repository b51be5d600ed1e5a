import { DomainError, type Id, type StartProblem, type Transaction } from '@corbel/core'
import type { JobRecorder, Logger } from '@corbel/core/ports'
import { BillingJobs } from '../billing-jobs.ts'
import { BillingSettings } from '../billing-settings.ts'
import type { PlanCatalog } from '../catalog/plan.ts'
import { GatewayErrors } from '../gateway/gateway-errors.ts'
import type { SubscriptionService } from './subscription-service.ts'

export interface SignUpPlansDeps {
  /** Null while billing is switched off. */
  readonly gateway: object | null
  readonly plans: PlanCatalog
  /** For tenants that have chosen none. */
  readonly signUpPlan: string | undefined
  readonly subscriptions: Pick<SubscriptionService, 'startFirst'>
  readonly logger: Logger
  readonly transaction: Transaction<{ readonly jobs: JobRecorder }>
}

/** Noted with the command, and for the tenant to put right: with a checkout. */
const refusals: ReadonlySet<string> = new Set([GatewayErrors.declined.code, GatewayErrors.refused.code])

/** Subscribes new tenants to the plan that was chosen with them: after they exist, so that no fault of the gateway is in their way. */
export class SignUpPlans {
  readonly #deps: SignUpPlansDeps

  constructor(deps: SignUpPlansDeps) {
    this.#deps = deps
  }

  /** What keeps the setting from being followed. */
  problems(): readonly StartProblem[] {
    const { plans, signUpPlan } = this.#deps
    if (signUpPlan === undefined || plans.find(signUpPlan) !== null) return []
    return [
      {
        subject: BillingSettings.signUpPlan.env,
        what: `names a plan that does not exist: ${signUpPlan}`,
        why: 'New tenants would be subscribed to nothing.',
        fix: `Set it to one of ${plans.plans.map(({ code }) => code).join(', ')}, or leave it out.`,
      },
    ]
  }

  /** @param eventId - That of the tenant's creation, which may be told twice. */
  async enqueue(eventId: string, tenantId: Id<'ten'>, chosen: string | undefined): Promise<void> {
    const { gateway, signUpPlan, transaction } = this.#deps
    const planCode = chosen ?? signUpPlan
    if (gateway === null || planCode === undefined) return
    const job = BillingJobs.provision.of(tenantId, { planCode }, { singletonKey: eventId })
    await transaction(({ jobs }) => jobs.enqueue(job))
  }

  /** Nothing for a tenant that ever had a subscription. Whatever may pass is thrown, to be tried again. */
  async provision(tenantId: Id<'ten'>, planCode: string): Promise<void> {
    const { plans, subscriptions, logger } = this.#deps
    const isMonthly = plans.find(planCode)?.prices.some(({ interval }) => interval === 'month') ?? true
    try {
      await subscriptions.startFirst({ tenantId }, { planCode, interval: isMonthly ? 'month' : 'year' })
    } catch (error) {
      if (!(error instanceof DomainError && refusals.has(error.code))) throw error
      logger.warn('A new tenant could not be subscribed to its plan.', { tenantId, planCode, error })
    }
  }
}
