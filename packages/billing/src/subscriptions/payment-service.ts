import { type Id, type Origin, type Page, type PageQuery, toPage, toPageRequest } from '@corbel/core'
import { BillingErrors } from '../billing-errors.ts'
import type { CommandScope, CommandService } from '../commands/command-service.ts'
import { isSame } from '../dispatch/is-same.ts'
import { type GatewayInvoice, isOver } from '../gateway/gateway-objects.ts'
import type { GatewayInput, GatewayOperation, GatewayOutput } from '../gateway/gateway-operations.ts'
import type { CustomerRepository } from '../ports/customer-repository.ts'
import type { PaymentGateway } from '../ports/payment-gateway.ts'
import { projectionPlace, type ProjectionRepository } from '../ports/projection-repository.ts'
import type { TenantDirectory } from '../ports/tenant-directory.ts'
import { listSubscriptions } from './current.ts'
import type { CustomerService } from './customer-service.ts'
import { mustBeAlone, mustStillBeLast, type OpenCheckouts } from './open-checkouts.ts'
import type { Invoice, OpenCheckout, PaymentMethod } from './payment.ts'
import type { PriceBook } from './price-book.ts'
import { countMembers, seatsFor } from './seats.ts'
import { trialFor } from './trial.ts'

type Scope = CommandScope & { readonly projections: ProjectionRepository }

export interface PaymentServiceDeps {
  /** Null while billing is switched off. */
  readonly gateway: Pick<PaymentGateway, 'listPaymentMethods' | 'retrieve'> | null
  readonly commander: CommandService<Scope>
  readonly openCheckouts: OpenCheckouts
  readonly customers: CustomerRepository
  readonly projections: ProjectionRepository
  readonly customerService: CustomerService
  readonly directory: TenantDirectory
  readonly prices: PriceBook
  readonly publicUrl: string
}

interface Target {
  readonly tenantId: Id<'ten'>
  readonly origin?: Origin | undefined
}

/** How a tenant pays, and what it has paid. */
export class PaymentService {
  readonly #deps: PaymentServiceDeps

  constructor(deps: PaymentServiceDeps) {
    this.#deps = deps
  }

  /**
   * A page of the gateway on which a subscription is begun. One that is open for the same is the same; one that is open for something
   * else is closed first, so that no two can be paid.
   *
   * @throws `billing/already-subscribed`, `billing/change-in-progress`, `billing/trial-used`, `billing/plan-unknown`, `billing/seats-out-of-range`.
   */
  async checkout(
    target: Target,
    wanted: OpenCheckout,
  ): Promise<{ readonly id: string; readonly url: string; readonly expiresAt: string }> {
    const { prices, directory, customerService, commander, openCheckouts, publicUrl } = this.#deps
    const { tenantId, origin } = target
    const plan = prices.get(wanted.planCode)
    const quantity = seatsFor(plan, await countMembers(directory, tenantId), wanted.seats)
    const items = await prices.linesOf(plan, wanted.interval, quantity)
    const customerId = await customerService.ensure(tenantId, origin)
    const last = await openCheckouts.find(tenantId)
    const { command: before, open } = last
    const made = await commander.run<'createCheckout' | 'expireCheckout'>(
      { tenantId, lane: 'checkout', ...(origin && { origin }) },
      async (scope) => {
        await mustBeAlone(scope, { tenantId, customerId }, 'subscription')
        await mustStillBeLast(scope, tenantId, last)
        const all = await listSubscriptions(scope.projections, tenantId)
        if (all.some((each) => !isOver(each))) throw BillingErrors.alreadySubscribed()
        const trialDays = trialFor(plan.trialDays, all, wanted.trialDays)
        const checkout = {
          customerId,
          tenantId,
          items,
          ...(trialDays > 0 && { trialDays }),
          ...(wanted.seats !== undefined && { chosenSeats: wanted.seats }),
          successUrl: publicUrl + wanted.successPath,
          cancelUrl: publicUrl + wanted.cancelPath,
        }
        if (open === null) return { operation: 'createCheckout', input: checkout }
        if (isSame(before?.input, checkout)) return null
        return { operation: 'expireCheckout', input: { checkoutId: open.id } }
      },
    )
    if (made !== null && made.status !== 'open') return this.checkout(target, wanted)
    const { id, url, expiresAt } = made ?? open ?? { id: '', url: null, expiresAt: '' }
    if (url === null) throw BillingErrors.changeInProgress({ retryAfter: 1 })
    return { id, url, expiresAt }
  }

  /** A page of the gateway on which payment methods and invoices are looked after. @throws `billing/no-customer` */
  async portal({ tenantId, origin }: Target, returnPath: string): Promise<{ readonly url: string }> {
    const { customerService, publicUrl } = this.#deps
    const input = { customerId: await customerService.get(tenantId), returnUrl: publicUrl + returnPath }
    return this.#tell({ tenantId, origin }, 'openPortal', input)
  }

  /** What a browser needs to add a payment method; its secret goes to that browser and nowhere else. */
  async createSetupIntent({ tenantId, origin }: Target): Promise<GatewayOutput<'createSetupIntent'>> {
    const customerId = await this.#deps.customerService.ensure(tenantId, origin)
    return this.#tell({ tenantId, origin }, 'createSetupIntent', { customerId })
  }

  /** As the gateway has them now; none for a tenant that never had to do with it. */
  async listMethods(tenantId: Id<'ten'>): Promise<readonly PaymentMethod[]> {
    const { gateway, customers } = this.#deps
    if (gateway === null) throw BillingErrors.notConfigured()
    const known = await customers.find(tenantId)
    if (!known) return []
    const { customerId } = known
    const [methods, customer] = await Promise.all([
      gateway.listPaymentMethods(customerId),
      gateway.retrieve('customer', customerId),
    ])
    const byDefault = customer?.type === 'customer' ? customer.value.defaultPaymentMethodId : null
    return methods.map(({ customerId: _, ...method }) => ({ ...method, isDefault: method.id === byDefault }))
  }

  /** @throws `billing/no-customer`; `gateway/not-found` for what belongs to somebody else. */
  async setDefaultMethod({ tenantId, origin }: Target, paymentMethodId: string): Promise<void> {
    const customerId = await this.#deps.customerService.get(tenantId)
    await this.#tell({ tenantId, origin }, 'setDefaultPaymentMethod', { customerId, paymentMethodId })
  }

  /** @throws `billing/no-customer`; `gateway/not-found` for what belongs to somebody else. */
  async removeMethod({ tenantId, origin }: Target, paymentMethodId: string): Promise<void> {
    const customerId = await this.#deps.customerService.get(tenantId)
    await this.#tell({ tenantId, origin }, 'detachPaymentMethod', { customerId, paymentMethodId })
  }

  /** Those made last first. */
  async listInvoices(tenantId: Id<'ten'>, query: PageQuery): Promise<Page<Invoice>> {
    const rows = await this.#deps.projections.list(tenantId, 'invoice', toPageRequest(query))
    const { data, nextCursor } = toPage(rows, query.limit, projectionPlace)
    return { data: data.map(({ object }) => toInvoice(object.value)), nextCursor }
  }

  /** @throws `billing/invoice-not-found` */
  async getInvoice(tenantId: Id<'ten'>, id: string): Promise<Invoice> {
    const found = await this.#deps.projections.find(tenantId, 'invoice', id)
    if (!found) throw BillingErrors.invoiceNotFound()
    return toInvoice(found.object.value)
  }

  async #tell<K extends GatewayOperation>(
    { tenantId, origin }: Target,
    operation: K,
    input: GatewayInput<K>,
  ): Promise<GatewayOutput<K>> {
    const target = { tenantId, lane: null, ...(origin && { origin }) }
    const output = await this.#deps.commander.run<K>(target, async () => ({ operation, input }))
    if (output === null) throw BillingErrors.changeInProgress()
    return output
  }
}

const toInvoice = ({ customerId: _, subscriptionId: __, lines, ...invoice }: GatewayInvoice): Invoice => ({
  ...invoice,
  lines: lines.map(({ priceId: ___, ...line }) => line),
})
