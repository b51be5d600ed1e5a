import type * as z from 'zod'
import type { Id } from '../kernel/id.ts'
import { hostOrigin, type Origin } from '../kernel/origin.ts'
import type { ActivityMark } from '../ports/activity-mark.ts'
import type { AuditMark, AuditOutcome } from '../ports/audit-mark.ts'
import type { Severity } from '../ports/notifier.ts'
import type { DomainEvent, RecordedEvent } from '../ports/outbox.ts'

export interface EventSpec<S extends z.ZodObject = z.ZodObject> {
  /** `<module>.<noun>.<past tense>`. */
  readonly type: `${string}.${string}.${string}`
  readonly summary: string
  readonly payload: S
  /** Present when it belongs into the audit trail. The payload goes there as it is. */
  readonly audit?: AuditRule
  /** Present when members of the tenant are shown it. The payload is shown as it is. */
  readonly activity?: ActivityRule
  /** How loudly the tenant's own channel is told, where it has one: for what its people must not miss. @default not told */
  readonly notice?: Severity
}

export interface ActivityRule {
  /** The property of the payload with the id of what it happened to. @default that of `audit` */
  readonly object?: string
}

export interface AuditRule {
  /** The property of the payload with the id of what it happened to. @default none: it happened to the tenant */
  readonly subject?: string
  /** @default 'success' */
  readonly outcome?: AuditOutcome
}

/** Makes an event of its kind, to be recorded in a transaction. */
export interface EventFactory<Spec extends EventSpec = EventSpec> {
  /** @param origin - Who causes it, for the audit trail. @default the host itself */
  (
    tenantId: Id<'ten'> | null,
    payload: z.input<Spec['payload']>,
    origin?: Origin,
  ): DomainEvent<Spec['type'], z.output<Spec['payload']>>
  readonly type: Spec['type']
  readonly summary: string
  readonly payload: Spec['payload']
  readonly audit?: AuditRule
  readonly activity?: ActivityRule
  readonly notice?: Severity
}

export type EventCatalog<Specs extends Record<string, EventSpec> = Record<string, EventSpec>> = {
  readonly [K in keyof Specs & string]: EventFactory<Specs[K]>
}

/**
 * Declares the events of a module.
 *
 * @throws TypeError when the subject of an audit rule, or the object of an activity rule, is not in the payload.
 */
export function defineEvents<const Specs extends Record<string, EventSpec>>(
  specs: Specs,
): EventCatalog<Specs> {
  const entries = Object.entries(specs).map(([key, spec]) => {
    const { type, payload: schema, audit, activity } = spec
    for (const [key, of] of [
      [audit?.subject, 'the subject of its audit row'],
      [activity?.object, 'the object of its activity'],
    ] as const)
      if (key !== undefined && !(key in schema.shape))
        throw new TypeError(`The event ${type} has no "${key}" in its payload to be ${of}.`)
    const make = (tenantId: Id<'ten'> | null, input: unknown, origin: Origin = hostOrigin): DomainEvent => {
      const payload = schema.parse(input)
      return {
        type,
        tenantId,
        payload,
        ...(audit && { audit: auditMarkOf(audit, payload, origin) }),
        ...(activity && { activity: activityMarkOf(spec, payload, origin) }),
      }
    }
    return [key, Object.assign(make, spec)]
  })
  return Object.fromEntries(entries) as EventCatalog<Specs>
}

const auditMarkOf = (
  { subject, outcome = 'success' }: AuditRule,
  payload: object,
  origin: Origin,
): AuditMark => ({ outcome, subjectId: idIn(payload, subject), origin })

const activityMarkOf = (
  { audit, activity }: EventSpec,
  payload: object,
  { actorId = null, impersonatorId = null, requestId }: Origin,
): ActivityMark => ({
  outcome: audit?.outcome ?? 'success',
  objectId: idIn(payload, activity?.object ?? audit?.subject),
  actorId,
  impersonatorId,
  requestId: requestId ?? null,
})

function idIn(payload: object, key: string | undefined): string | null {
  const id = key === undefined ? undefined : (payload as Readonly<Record<string, unknown>>)[key]
  return typeof id === 'string' ? id : null
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
