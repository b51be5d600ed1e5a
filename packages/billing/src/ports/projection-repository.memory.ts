import { isOver } from '../gateway/gateway-objects.ts'
import type { BillingTables } from './billing-tables.memory.ts'
import {
  type ProjectedType,
  type Projection,
  type ProjectionKey,
  projectionPlace,
  type ProjectionRepository,
} from './projection-repository.ts'

export function memoryProjectionRepository({
  billingObjects: objects,
}: Pick<BillingTables, 'billingObjects'>): ProjectionRepository {
  const key = ({ type, id }: ProjectionKey): string => `${type} ${id}`
  const is = <Type extends ProjectedType>(row: Projection, type: Type): row is Projection<Type> =>
    row.object.type === type

  return {
    load: async (keys) =>
      keys.flatMap((wanted) => {
        const row = objects.get(key(wanted))
        return row ? [structuredClone(row)] : []
      }),
    async save(projections) {
      for (const projection of projections) {
        const { type, value } = projection.object
        const known = objects.get(key({ type, id: value.id }))
        if (known && known.tenantId !== projection.tenantId) continue
        objects.set(key({ type, id: value.id }), structuredClone(projection))
      }
    },
    async find(tenantId, type, id) {
      const row = objects.get(key({ type, id }))
      return row?.tenantId === tenantId && is(row, type) ? structuredClone(row) : null
    },
    list: async (tenantId, type, { limit, after }) =>
      [...objects.values()]
        .filter((row) => is(row, type))
        .filter((row) => row.tenantId === tenantId && (after === null || comesAfter(after, row)))
        .toSorted((a, b) => (comesAfter(projectionPlace(a), b) ? -1 : 1))
        .slice(0, limit + 1)
        .map((row) => structuredClone(row)),
    listOpen: async ({ limit, after }) =>
      [...objects.values()]
        .filter((row) => is(row, 'subscription'))
        .filter(({ object: { value } }) => !isOver(value) && value.id > (after ?? ''))
        .toSorted((a, b) => (a.object.value.id < b.object.value.id ? -1 : 1))
        .slice(0, limit + 1)
        .map((row) => structuredClone(row)),
    listOpenOf: async (tenantIds) =>
      [...objects.values()]
        .filter((row) => is(row, 'subscription'))
        .filter(({ tenantId, object: { value } }) => tenantIds.includes(tenantId) && !isOver(value))
        .map((row) => structuredClone(row)),
  }
}

function comesAfter(place: string, row: Projection): boolean {
  const [time = '', id = ''] = place.split(':')
  const { createdAt, id: own } = row.object.value
  const difference = Date.parse(createdAt) - Number(time)
  return difference < 0 || (difference === 0 && own < id)
}
