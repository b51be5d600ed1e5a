import type { GatewayEvent } from '../gateway/gateway-events.ts'
import type { InboxEvent } from '../ports/inbox-repository.ts'
import type { ProjectionKey } from '../ports/projection-repository.ts'
import type { PaymentGateway } from '../ports/payment-gateway.ts'
import { type EventGroup, type ReadEvent, subjectOf } from './decide.ts'

export interface GroupedEvents<E extends InboxEvent> {
  readonly groups: readonly EventGroup<E>[]
  /** About nothing that is kept here. */
  readonly foreign: readonly E[]
}

/** Reads stored events and puts together those about one object, newest first. */
export function groupEvents<E extends InboxEvent>(
  gateway: Pick<PaymentGateway, 'read'>,
  events: readonly E[],
): GroupedEvents<E> {
  const byObject = new Map<string, { key: ProjectionKey; events: ReadEvent<E>[] }>()
  const foreign: E[] = []
  for (const event of events) {
    const subject = subjectOf(gateway.read(event.payload as GatewayEvent['payload']))
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
    const [newest, ...others] = found.toSorted((a, b) => newestFirst(a.event, b.event))
    return newest ? [{ key, events: [newest, ...others] as const }] : []
  })
  return { groups, foreign }
}

const newestFirst = (a: InboxEvent, b: InboxEvent): number =>
  Number(b.occurredAt) - Number(a.occurredAt) || Number(b.receivedAt) - Number(a.receivedAt)
