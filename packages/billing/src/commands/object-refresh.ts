import { addMilliseconds, type Clock, type Id, type Transaction } from '@corbel/core'
import type { EventRecorder } from '@corbel/core/ports'
import { isProjected } from '../dispatch/decide.ts'
import { duplicatesAmong } from '../dispatch/duplicates.ts'
import { eventsOf } from '../dispatch/transitions.ts'
import { GatewayErrors } from '../gateway/gateway-errors.ts'
import type { CustomerRepository } from '../ports/customer-repository.ts'
import type { PaymentGateway } from '../ports/payment-gateway.ts'
import type { ProjectedType, Projection, ProjectionRepository } from '../ports/projection-repository.ts'

export interface ObjectRefreshDeps {
  readonly gateway: Pick<PaymentGateway, 'retrieve'> | null
  readonly projections: ProjectionRepository
  readonly clock: Clock
  readonly transaction: Transaction<{
    readonly customers: CustomerRepository
    readonly projections: ProjectionRepository
    readonly events: EventRecorder
  }>
}

const mostTries = 5
/** How far the gateway's clock may be behind ours: an event of that time may be newer than the answer. */
const skewMs = 300_000

/** Takes over what the gateway says of an object now. */
export class ObjectRefresh {
  readonly #deps: ObjectRefreshDeps

  constructor(deps: ObjectRefreshDeps) {
    this.#deps = deps
  }

  /**
   * Resolves when what is known is at least as new as the call.
   *
   * @throws `gateway/not-found` for what the gateway does not know or what belongs to another customer; what the gateway throws.
   */
  async refresh<Type extends ProjectedType>(
    tenantId: Id<'ten'>,
    type: Type,
    id: string,
  ): Promise<Projection<Type>> {
    const { gateway, projections, clock } = this.#deps
    for (let tries = 0; tries < mostTries; tries++) {
      const before = (await projections.find(tenantId, type, id))?.version ?? 0
      const at = clock.now()
      const object = (await gateway?.retrieve(type, id)) ?? null
      if (object === null || !isProjected(object)) throw GatewayErrors.notFound()
      const applied = await this.#apply(tenantId, { object, at, before })
      if (applied !== null) return applied as Projection<Type>
    }
    throw GatewayErrors.busy({ retryAfter: 1 })
  }

  /** Null when something else was applied since the question: which of the two is newer, only the gateway can say. */
  #apply(
    tenantId: Id<'ten'>,
    {
      object,
      at,
      before,
    }: { readonly object: Projection['object']; readonly at: Date; readonly before: number },
  ): Promise<Projection | null> {
    return this.#deps.transaction(async ({ customers, projections, events }) => {
      const { customerId, id } = object.value
      if ((await customers.lock([customerId])).get(customerId) !== tenantId) throw GatewayErrors.notFound()
      const known = await projections.find(tenantId, object.type, id)
      if ((known?.version ?? 0) !== before) return null
      const record = eventsOf({ tenantId, from: known?.object ?? null, to: object, version: before + 1 })
      const projection: Projection = {
        tenantId,
        object,
        fetchedAt: at,
        seenAt: known?.seenAt ?? addMilliseconds(at, -skewMs),
        version: record.length > 0 || known === null ? before + 1 : before,
      }
      await projections.save([projection])
      await events.record(
        ...record,
        ...(await duplicatesAmong(projections, [{ now: projection, before: known }])),
      )
      return projection
    })
  }
}
