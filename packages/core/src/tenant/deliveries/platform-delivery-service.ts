import type { Id } from '../../kernel/id.ts'
import { hostOrigin, type Origin } from '../../kernel/origin.ts'
import { type Page, toPage, toPageRequest } from '../../kernel/page.ts'
import { DeliveryErrors, type DeliveryStore } from '../../ports/delivery-store.ts'
import { TenantEvents } from '../tenant-events.ts'
import { type PlatformDelivery, type PlatformDeliveryQuery, toPlatformDelivery } from './platform-delivery.ts'

export interface PlatformDeliveryServiceDeps {
  readonly deliveries: Pick<DeliveryStore, 'listAll' | 'find' | 'redeliver'>
}

/** What operators see of everything that leaves, and how they have it sent again. */
export class PlatformDeliveryService {
  readonly #deps: PlatformDeliveryServiceDeps

  constructor(deps: PlatformDeliveryServiceDeps) {
    this.#deps = deps
  }

  async list({ tenantId, route, status, ...query }: PlatformDeliveryQuery): Promise<Page<PlatformDelivery>> {
    const filter = {
      ...(tenantId !== undefined && { tenantId }),
      ...(route !== undefined && { route }),
      ...(status !== undefined && { status }),
    }
    const rows = await this.#deps.deliveries.listAll(filter, toPageRequest(query))
    return toPage(rows.map(toPlatformDelivery), query.limit, ({ id }) => id)
  }

  /** Begins it again with all of its attempts; the next poll of a dispatcher sends it. @throws `delivery/not-found` also while it is under way. */
  async redeliver(id: Id<'dlv'>, origin: Origin = hostOrigin): Promise<PlatformDelivery> {
    const { deliveries } = this.#deps
    const found = await deliveries.find(id)
    if (!found) throw DeliveryErrors.notFound()
    const { tenantId, route } = found
    const event = TenantEvents.deliveryRedelivered(tenantId, { deliveryId: id, route }, origin)
    const begun = await deliveries.redeliver(tenantId, route, id, [event])
    if (!begun) throw DeliveryErrors.notFound()
    return toPlatformDelivery(begun)
  }
}
