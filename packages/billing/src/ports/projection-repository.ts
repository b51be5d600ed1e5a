import type { Id, PageRequest } from '@corbel/core/ports'
import type { GatewayObject } from '../gateway/gateway-objects.ts'

/** What is kept of the gateway's objects. */
export type ProjectedObject = Extract<GatewayObject, { readonly type: 'subscription' | 'invoice' }>
export type ProjectedType = ProjectedObject['type']

/** An object of the gateway as it was last known to be. */
export interface Projection<Type extends ProjectedType = ProjectedType> {
  readonly tenantId: Id<'ten'>
  readonly object: ProjectedObject & { readonly type: Type }
  /** The gateway's time of the newest event that was taken into account. */
  readonly seenAt: Date
  /** Our time at which it was last asked for; null when only events have told of it. */
  readonly fetchedAt: Date | null
  /** Grows with every change; 1 at first. */
  readonly version: number
}

export interface ProjectionKey {
  readonly type: ProjectedType
  readonly id: string
}

/** Where an object stands in the lists: those made last come first. */
export const projectionPlace = ({ object: { value } }: Projection): string =>
  `${Date.parse(value.createdAt)}:${value.id}`

export interface ProjectionRepository {
  /** Those of these that are known, of whichever tenant. */
  load(keys: readonly ProjectionKey[]): Promise<readonly Projection[]>
  /** Keeps each as it is given, over what was known of it; the tenant of an object stays the one it was first kept for. */
  save(projections: readonly Projection[]): Promise<void>
  find<Type extends ProjectedType>(
    tenantId: Id<'ten'>,
    type: Type,
    id: string,
  ): Promise<Projection<Type> | null>
  /** Those that the gateway made last first, beginning behind the {@link projectionPlace} `page.after`; one more than `page.limit` when there is one. */
  list<Type extends ProjectedType>(
    tenantId: Id<'ten'>,
    type: Type,
    page: PageRequest,
  ): Promise<readonly Projection<Type>[]>
  /** Subscriptions of every tenant that have not ended, by id, beginning behind the id `page.after`; one more than `page.limit` when there is one. */
  listOpen(page: PageRequest): Promise<readonly Projection<'subscription'>[]>
  /** Subscriptions of these tenants that have not ended, in no order. */
  listOpenOf(tenantIds: readonly Id<'ten'>[]): Promise<readonly Projection<'subscription'>[]>
}
