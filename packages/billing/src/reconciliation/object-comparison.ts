import { isProjected } from '../dispatch/decide.ts'
import { differencesOf, type ObjectDifference } from '../dispatch/differences.ts'
import type { ObjectRefresh } from '../commands/object-refresh.ts'
import type { CustomerRepository } from '../ports/customer-repository.ts'
import type { PaymentGateway } from '../ports/payment-gateway.ts'
import type { ProjectedObject, ProjectionKey, ProjectionRepository } from '../ports/projection-repository.ts'

export interface ObjectComparisonDeps {
  readonly gateway: Pick<PaymentGateway, 'retrieve'> | null
  readonly customers: CustomerRepository
  readonly projections: ProjectionRepository
  readonly refresh: ObjectRefresh
}

/** Questions to the gateway at a time; it allows about 100 reads a second. */
const questionsAtOnce = 8

/** Compares objects of the gateway with what is known of them. Those of customers who are no tenants are none of ours. */
export class ObjectComparison {
  readonly #deps: ObjectComparisonDeps

  constructor(deps: ObjectComparisonDeps) {
    this.#deps = deps
  }

  /** Asks for each object once. */
  async compare(keys: readonly ProjectionKey[]): Promise<readonly ObjectDifference[]> {
    const distinct = [...new Map(keys.map((key) => [`${key.type} ${key.id}`, key])).values()]
    const objects: ProjectedObject[] = []
    const work = async () => {
      for (let key = distinct.shift(); key; key = distinct.shift()) {
        const object = await this.#deps.gateway?.retrieve(key.type, key.id)
        if (object && isProjected(object)) objects.push(object)
      }
    }
    await Promise.all(Array.from({ length: questionsAtOnce }, work))
    return this.compareWith(objects)
  }

  /** @param objects - As the gateway has them now. */
  async compareWith(objects: readonly ProjectedObject[]): Promise<readonly ObjectDifference[]> {
    const { customers, projections } = this.#deps
    const tenants = await customers.lock(objects.map(({ value }) => value.customerId))
    const known = await projections.load(objects.map(({ type, value: { id } }) => ({ type, id })))
    return objects
      .filter(({ value: { customerId } }) => tenants.has(customerId))
      .flatMap((object) => {
        const is = known.find(
          (each) => each.object.type === object.type && each.object.value.id === object.value.id,
        )
        return differencesOf(is ?? null, object)
      })
  }

  /** Makes what is known of a subscription, and of its last invoice, what the gateway says of it now. */
  async takeOver(subscriptionId: string): Promise<void> {
    const { gateway, customers, refresh } = this.#deps
    const found = await gateway?.retrieve('subscription', subscriptionId)
    if (found?.type !== 'subscription') return
    const { customerId, latestInvoiceId } = found.value
    const tenantId = (await customers.lock([customerId])).get(customerId)
    if (tenantId === undefined) return
    await refresh.refresh(tenantId, 'subscription', subscriptionId)
    if (latestInvoiceId !== null) await refresh.refresh(tenantId, 'invoice', latestInvoiceId)
  }
}
