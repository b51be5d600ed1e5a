import { addMilliseconds } from '@corbel/core'
import type { EventReading } from '../gateway/gateway-events.ts'
import type { GatewayObject } from '../gateway/gateway-objects.ts'
import type { InboxEvent } from '../ports/inbox-repository.ts'
import type { ProjectedObject, Projection, ProjectionKey } from '../ports/projection-repository.ts'
import { isSame } from './is-same.ts'
import { isTerminal, stageOf } from './stages.ts'

/** A stored event about an object that is kept here. */
export interface ReadEvent<E extends InboxEvent = InboxEvent> {
  readonly event: E
  /** The state that the event tells of; null when only the gateway knows it. */
  readonly told: ProjectedObject | null
}

/** Events about one object, newest first. */
export interface EventGroup<E extends InboxEvent = InboxEvent> {
  readonly key: ProjectionKey
  readonly events: readonly [ReadEvent<E>, ...ReadEvent<E>[]]
}

/** What the gateway said when it was asked; null when it knows no such object. */
export interface Fetched {
  readonly object: ProjectedObject | null
  /** Our time before the question. */
  readonly at: Date
}

export type Decision =
  /** The newest event shows the state, or the gateway did. */
  | { readonly is: 'apply'; readonly object: ProjectedObject; readonly fetchedAt: Date | null }
  /** What is known is at least as new. */
  | { readonly is: 'covered'; readonly note: string }
  /** Only the gateway can say. */
  | { readonly is: 'ask'; readonly why: string }
  | { readonly is: 'gone' }

/** How far the clocks of replicas, and ours and the gateway's, may differ. */
const skewMs = 5_000
const gatewaySkewMs = 300_000

/** What the event reading means for the objects that are kept: a checkout is about the subscription that it made. */
export function subjectOf(
  reading: EventReading,
): { key: ProjectionKey; told: ProjectedObject | null } | null {
  if (reading.is === 'foreign' || reading.is === 'customer-deleted') return null
  if (reading.is === 'reference') {
    const { type, id } = reading.object
    return type === 'subscription' || type === 'invoice' ? { key: { type, id }, told: null } : null
  }
  const { object } = reading
  if (isProjected(object)) return { key: { type: object.type, id: object.value.id }, told: object }
  if (object.type === 'checkout' && object.value.subscriptionId !== null)
    return { key: { type: 'subscription', id: object.value.subscriptionId }, told: null }
  return null
}

export const isProjected = (object: GatewayObject): object is ProjectedObject =>
  object.type === 'subscription' || object.type === 'invoice'

/**
 * How the events of one object change what is known of it. The gateway counts whole seconds and promises no order, so an event
 * decides by itself only when it is strictly newer than everything that was taken into account: in time, or, within a second, by the
 * stage of its object, to which nothing comes back.
 */
export function decide(
  { events: [newest, ...others] }: EventGroup,
  known: Projection | null,
  fetched: Fetched | undefined,
): Decision {
  if (fetched) {
    const object = fetched.object ?? (known && withoutDraft(known.object))
    return object === null ? { is: 'gone' } : { is: 'apply', object, fetchedAt: fetched.at }
  }
  const { occurredAt, receivedAt } = newest.event
  // Which of them is the newest, nobody can tell.
  const isDisputed = others.some(
    ({ event, told }) =>
      Number(event.occurredAt) === Number(occurredAt) &&
      (told === null ||
        newest.told === null ||
        (stageOf(told) === stageOf(newest.told) && !isSame(told, newest.told))),
  )
  if (known) {
    if (occurredAt < known.seenAt) return { is: 'covered', note: 'older than what is known' }
    // Whatever had reached us before the question was in the answer.
    if (known.fetchedAt && receivedAt <= addMilliseconds(known.fetchedAt, -skewMs))
      return { is: 'covered', note: 'older than what the gateway said since' }
    if (
      newest.told !== null &&
      !isDisputed &&
      Number(occurredAt) === Number(known.seenAt) &&
      isSame(newest.told, known.object)
    )
      return { is: 'covered', note: 'no change' }
  }
  if (newest.told === null) return { is: 'ask', why: 'the event does not show the state' }
  if (isDisputed) return { is: 'ask', why: 'events of the same second differ' }
  if (known && stageOf(newest.told) > stageOf(known.object))
    return { is: 'apply', object: newest.told, fetchedAt: null }
  if (known) {
    if (Number(occurredAt) === Number(known.seenAt))
      return stageOf(known.object) > stageOf(newest.told)
        ? { is: 'covered', note: 'an event of the same second went further' }
        : { is: 'ask', why: 'an event of the same second was applied' }
    if (known.fetchedAt && occurredAt <= addMilliseconds(known.fetchedAt, gatewaySkewMs))
      return { is: 'ask', why: 'the gateway was asked since, perhaps' }
    if (isTerminal(known.object) && !isTerminal(newest.told))
      return { is: 'ask', why: 'a final state would be left' }
  }
  return { is: 'apply', object: newest.told, fetchedAt: null }
}

/** Only drafts are ever deleted at the gateway; here their place remains, and nothing is owed for them. */
const withoutDraft = (object: ProjectedObject): ProjectedObject | null =>
  object.type === 'invoice' && object.value.status === 'draft'
    ? { type: 'invoice', value: { ...object.value, status: 'void' } }
    : null
