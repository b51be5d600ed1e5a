import type { Id } from '../../kernel/id.ts'
import type { RecordedEvent } from '../../ports/outbox.ts'
import type { Severity } from '../incidents/incident.ts'
import { incidentWords } from '../page/status-words.ts'
import type { IncidentRepository } from '../ports/incident-repository.ts'
import type { MaintenanceRepository } from '../ports/maintenance-repository.ts'
import { StatusEvents } from '../status-events.ts'

/** What is told of one event, on whichever way. */
export interface Bulletin {
  readonly about: 'incident' | 'maintenance'
  readonly id: Id<'inc'> | Id<'mnt'>
  readonly updateId: Id<'upd'> | null
  readonly title: string
  readonly state: string
  /** The state, for people. */
  readonly words: string
  readonly message: string
  readonly severity: Severity | null
  /** Where to read on. */
  readonly link: string
}

export interface BulletinsDeps {
  readonly incidents: IncidentRepository
  readonly maintenance: MaintenanceRepository
  readonly publicUrl: string
}

const {
  incidentOpened,
  incidentUpdated,
  incidentResolved,
  incidentResent,
  maintenanceScheduled,
  maintenanceChanged,
  maintenanceStarted,
  maintenanceCompleted,
  maintenanceCancelled,
} = StatusEvents

const incidentTypes: ReadonlySet<string> = new Set(
  [incidentOpened, incidentUpdated, incidentResolved, incidentResent].map(({ type }) => type),
)

const maintenanceTypes: Readonly<Record<string, { readonly state: string; readonly words: string }>> = {
  [maintenanceScheduled.type]: { state: 'scheduled', words: 'Scheduled' },
  [maintenanceChanged.type]: { state: 'changed', words: 'Changed' },
  [maintenanceStarted.type]: { state: 'in_progress', words: 'In progress' },
  [maintenanceCompleted.type]: { state: 'completed', words: 'Completed' },
  [maintenanceCancelled.type]: { state: 'cancelled', words: 'Cancelled' },
}

/** Types of the events that are told. */
export const toldEvents: readonly string[] = [...incidentTypes, ...Object.keys(maintenanceTypes)]

/** By what subscribers say whether they want to know. */
export const topicOf = ({ type, payload }: RecordedEvent): Severity | 'maintenance' =>
  incidentTypes.has(type) ? incidentUpdated.payload.parse(payload).severity : 'maintenance'

/** What an event says: the words of the very update that it is about, whatever was said since. Null for what is gone. */
export async function bulletinOf(
  { incidents, maintenance, publicUrl }: BulletinsDeps,
  { type, payload }: RecordedEvent,
): Promise<Bulletin | null> {
  if (incidentTypes.has(type)) {
    const { incidentId: id, updateId, severity } = incidentUpdated.payload.parse(payload)
    const incident = await incidents.find(id)
    const update = incident?.updates.find((one) => one.id === updateId)
    if (!incident || !update) return null
    const { title } = incident
    const { state, message } = update
    const words = incidentWords[state]
    return {
      about: 'incident',
      id,
      updateId,
      title,
      state,
      words,
      message,
      severity,
      link: `${publicUrl}/status#${id}`,
    }
  }
  const said = maintenanceTypes[type]
  const { maintenanceId: id } = maintenanceScheduled.payload.parse(payload)
  const found = await maintenance.find(id)
  if (!found || !said) return null
  const { title, message, startsAt, endsAt } = found
  return {
    about: 'maintenance',
    id,
    updateId: null,
    title,
    ...said,
    severity: null,
    message: `${message}\n\nFrom ${startsAt} to ${endsAt}.`,
    link: `${publicUrl}/status#${id}`,
  }
}
