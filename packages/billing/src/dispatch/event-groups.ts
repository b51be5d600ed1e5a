import type { GatewayEvent } from '../gateway/gateway-events.ts'
import type { InboxEvent } from '../ports/inbox-repository.ts'
import type { ProjectionKey } from '../ports/projection-repository.ts'
import type { PaymentGateway } from '../ports/payment-gateway.ts'
import { stageOf } from './stages.ts'
import { type EventGroup, type ReadEvent, subjectOf } from './decide.ts'

/** The end of a customer. */
export interface Departure<E extends InboxEvent = InboxEvent> {
  readonly event: E
  readonly customerId: string
}

export interface GroupedEvents<E extends InboxEvent> {
  readonly groups: readonly EventGroup<E>[]
  readonly departures: readonly Departure<E>[]
  /** About nothing that is kept here. */
  readonly foreign: readonly E[]
}

/** Reads stored events and puts together those about one object, newest first. */
export function groupEvents<E extends InboxEvent>(
  gateway: Pick<PaymentGateway, 'read'>,
  events: readonly E[],
): GroupedEvents<E> {
  const byObject = new Map<string, { key: ProjectionKey; events: ReadEvent<E>[] }>()
  const departures: Departure<E>[] = []
  const foreign: E[] = []
  for (const event of events) {
    const reading = gateway.read(event.payload as GatewayEvent['payload'])
    const subject = subjectOf(reading)
    if (reading.is === 'customer-deleted') {
      departures.push({ event, customerId: reading.customerId })
      continue
    }
    if (!subject) {
      foreign.push(event)
      continue
    }
    const name = `${subject.key.type} ${subject.key.id}`
    const group = byObject.get(name) ?? { key: subject.key, events: [] }
    group.events.push({ event, told: subject.told })
    byObject.set(name, group)
  }
  const groups = [...byObject.values()].flatMap(({ key, events: found }) => {
    const [newest, ...others] = found.toSorted(newestFirst)
    return newest ? [{ key, events: [newest, ...others] as const }] : []
  })
  return { groups, departures, foreign }
}

const newestFirst = (a: ReadEvent, b: ReadEvent): number =>
  Number(b.event.occurredAt) - Number(a.event.occurredAt) ||
  stage(b) - stage(a) ||
  Number(b.event.receivedAt) - Number(a.event.receivedAt)

const stage = ({ told }: ReadEvent): number => (told === null ? -1 : stageOf(told))
