import { isOver } from '../gateway/gateway-objects.ts'
import type { ProjectedObject } from '../ports/projection-repository.ts'

const invoiceStages = { draft: 0, open: 1, uncollectible: 2, paid: 3, void: 3 } as const

/**
 * How far an object has come on a way of one direction. An invoice is drawn up, finalized, perhaps written off, and paid or voided; a
 * subscription waits for its first payment, runs, and is over. Stripe takes no step of these back, so of two states of one object the one
 * of the higher stage is the later one, whatever the clocks say.
 */
export function stageOf(object: ProjectedObject): number {
  if (object.type === 'invoice') return invoiceStages[object.value.status]
  if (isOver(object.value)) return 2
  return object.value.status === 'incomplete' ? 0 : 1
}

export const isTerminal = (object: ProjectedObject): boolean =>
  stageOf(object) === (object.type === 'invoice' ? 3 : 2)
