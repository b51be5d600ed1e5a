import type * as z from 'zod'
import { implement, type Origin, type Principal, type Route } from '@corbel/core'
import type { PlanCatalog } from '../catalog/plan.ts'
import { ownTenant, type TenantPath } from '../own-tenant.ts'
import type { PaymentService } from './payment-service.ts'
import { subscriptionContract } from './subscription-contract.ts'
import type { SubscriptionService } from './subscription-service.ts'

interface Call {
  readonly principal: Principal
  readonly params: z.infer<typeof TenantPath>
  readonly client: Origin
}

/** The caller's own tenant, whatever stands in the path, and the caller for the audit trail. */
const target = ({ principal, params, client }: Call) => ({
  tenantId: ownTenant(principal, params),
  origin: client,
})

export const subscriptionRoutes = (
  { plans }: PlanCatalog,
  subscriptions: SubscriptionService,
  payments: PaymentService,
): readonly Route[] =>
  implement(subscriptionContract, {
    plans: async () => ({ data: plans }),
    get: async ({ principal, params }) => subscriptions.get(ownTenant(principal, params)),
    start: async (call) => subscriptions.start(target(call), call.body),
    changeSeats: async (call) => subscriptions.changeSeats(target(call), call.body.seats),
    changePlan: async (call) => subscriptions.changePlan(target(call), call.body),
    preview: async ({ principal, params, body }) => subscriptions.preview(ownTenant(principal, params), body),
    upcomingInvoice: async ({ principal, params }) => subscriptions.preview(ownTenant(principal, params), {}),
    cancel: async (call) => subscriptions.cancel(target(call), call.body),
    resume: async (call) => subscriptions.resume(target(call)),
    checkout: async (call) => payments.checkout(target(call), call.body),
    portal: async (call) => payments.portal(target(call), call.body.returnPath),
    listPaymentMethods: async ({ principal, params }) => ({
      data: await payments.listMethods(ownTenant(principal, params)),
    }),
    createSetupIntent: async (call) => payments.createSetupIntent(target(call)),
    setDefaultPaymentMethod: async (call) =>
      payments.setDefaultMethod(target(call), call.params.paymentMethodId),
    removePaymentMethod: async (call) => payments.removeMethod(target(call), call.params.paymentMethodId),
    listInvoices: async ({ principal, params, query }) =>
      payments.listInvoices(ownTenant(principal, params), query),
    getInvoice: async ({ principal, params }) =>
      payments.getInvoice(ownTenant(principal, params), params.invoiceId),
  })
