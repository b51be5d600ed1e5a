import * as z from 'zod'
import type { ProjectedObject, Projection } from '../ports/projection-repository.ts'
import { isSame } from './is-same.ts'

/** One field of an object of the gateway that is known otherwise here. */
export const ObjectDifference = z.object({
  type: z.string(),
  id: z.string(),
  field: z.string(),
  /** As it is known here; absent for an object that is not. */
  from: z.unknown(),
  to: z.unknown(),
})
export type ObjectDifference = z.infer<typeof ObjectDifference>

export function differencesOf(
  known: Projection | null,
  { type, value }: ProjectedObject,
): readonly ObjectDifference[] {
  const before: Readonly<Record<string, unknown>> = { ...known?.object.value }
  return Object.entries(value)
    .filter(([field, to]) => !isSame(before[field], to))
    .map(([field, to]) => ({ type, id: value.id, field, from: before[field], to }))
}
