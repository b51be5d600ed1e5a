import type * as z from 'zod'
import type { Id } from '../kernel/id.ts'
import type { DomainEvent, RecordedEvent } from '../ports/outbox.ts'

export interface EventSpec<S extends z.ZodObject = z.ZodObject> {
  /** `<module>.<noun>.<past tense>`. */
  readonly type: `${string}.${string}.${string}`
  readonly summary: string
  readonly payload: S
}

/** Makes an event of its kind, to be recorded in a transaction. */
export interface EventFactory<Spec extends EventSpec = EventSpec> {
  (
    tenantId: Id<'ten'> | null,
    payload: z.input<Spec['payload']>,
  ): DomainEvent<Spec['type'], z.output<Spec['payload']>>
  readonly type: Spec['type']
  readonly summary: string
  readonly payload: Spec['payload']
}

export type EventCatalog<Specs extends Record<string, EventSpec> = Record<string, EventSpec>> = {
  readonly [K in keyof Specs & string]: EventFactory<Specs[K]>
}

/** Declares the events of a module. */
export function defineEvents<const Specs extends Record<string, EventSpec>>(
  specs: Specs,
): EventCatalog<Specs> {
  const entries = Object.entries(specs).map(([key, spec]) => {
    const make = (tenantId: Id<'ten'> | null, payload: unknown) => ({
      type: spec.type,
      tenantId,
      payload: spec.payload.parse(payload),
    })
    return [key, Object.assign(make, spec)]
  })
  return Object.fromEntries(entries) as EventCatalog<Specs>
}

/** Reacts to an event after its transaction committed. Called at least once; must be idempotent by `event.id`. */
export interface EventHandler {
  readonly type: string
  handle(event: RecordedEvent): Promise<void>
}

/** Binds a handler to an event of a catalogue, with the payload typed and checked. */
export const on = <Spec extends EventSpec>(
  event: EventFactory<Spec>,
  handle: (event: RecordedEvent<Spec['type'], z.output<Spec['payload']>>) => Promise<void>,
): EventHandler => ({
  type: event.type,
  handle: (recorded) =>
    handle({
      ...recorded,
      type: event.type,
      payload: event.payload.parse(recorded.payload) as z.output<Spec['payload']>,
    }),
})
