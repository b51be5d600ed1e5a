import type { Clock } from '../../kernel/clock.ts'
import { type Id, newId } from '../../kernel/id.ts'
import { hostOrigin, type Origin } from '../../kernel/origin.ts'
import { type Page, type PageQuery, toPage, toPageRequest } from '../../kernel/page.ts'
import { checkComponents } from '../components/known-components.ts'
import type { ComponentRepository } from '../ports/component-repository.ts'
import type { IncidentRepository } from '../ports/incident-repository.ts'
import { StatusErrors } from '../status-errors.ts'
import { StatusEvents } from '../status-events.ts'
import type { StatusTransaction } from '../status-scope.ts'
import {
  type Incident,
  type IncidentChange,
  type IncidentState,
  type IncidentUpdate,
  isOver,
  mostUpdates,
  NewIncident,
  type NewIncidentUpdate,
  statesAfter,
} from './incident.ts'

export interface IncidentServiceDeps {
  readonly components: ComponentRepository
  readonly incidents: IncidentRepository
  readonly clock: Clock
  readonly transaction: StatusTransaction
}

/** What went wrong, and what is said about it. */
export class IncidentService {
  readonly #deps: IncidentServiceDeps

  constructor(deps: IncidentServiceDeps) {
    this.#deps = deps
  }

  /** Newest first. */
  async list(query: PageQuery): Promise<Page<Incident>> {
    const rows = await this.#deps.incidents.list(toPageRequest(query))
    return toPage(rows, query.limit, ({ id }) => id)
  }

  /** @throws `status/incident-not-found` */
  async get(id: Id<'inc'>): Promise<Incident> {
    const incident = await this.#deps.incidents.find(id)
    if (!incident) throw StatusErrors.incidentNotFound()
    return incident
  }

  /** @throws `status/unknown-component` */
  async open(input: NewIncident, origin: Origin = hostOrigin): Promise<Incident> {
    const { clock, transaction, components } = this.#deps
    const { title, severity, affected, state, message } = NewIncident.parse(input)
    await checkComponents(components, affected)
    const first = this.#update(state, message)
    const incident: Incident = {
      id: newId('inc', clock),
      title,
      severity,
      state,
      affected,
      updates: [first],
      startedAt: first.createdAt,
      resolvedAt: null,
      version: 1,
    }
    await transaction(async ({ incidents, events }) => {
      await incidents.insert(incident)
      await events.record(StatusEvents.incidentOpened(null, noteOf(incident, first), origin))
    })
    return incident
  }

  /**
   * Says something new.
   *
   * @throws `status/incident-not-found`, `status/wrong-state`, `status/too-many-updates`, `status/unknown-component`,
   * `status/changed` for all but one of those who do so at the same moment.
   */
  async update(
    id: Id<'inc'>,
    { state, message, affected }: NewIncidentUpdate,
    origin: Origin = hostOrigin,
  ): Promise<Incident> {
    const { transaction, components } = this.#deps
    const before = await this.get(id)
    if (!statesAfter[before.state].includes(state)) throw StatusErrors.wrongState()
    if (before.updates.length >= mostUpdates) throw StatusErrors.tooManyUpdates()
    if (affected) await checkComponents(components, affected)
    const update = this.#update(state, message)
    const isResolved = isOver(state) && before.resolvedAt === null
    const next: Incident = {
      ...before,
      state,
      affected: affected ?? before.affected,
      updates: [...before.updates, update],
      resolvedAt: isResolved ? update.createdAt : before.resolvedAt,
    }
    const event = isResolved ? StatusEvents.incidentResolved : StatusEvents.incidentUpdated
    await transaction(async ({ incidents, events }) => {
      if (!(await incidents.replace(next))) throw StatusErrors.changed()
      await events.record(event(null, noteOf(next, update), origin))
    })
    return { ...next, version: next.version + 1 }
  }

  /** Tells everybody again what was said last, as an event of its own. @throws `status/incident-not-found` */
  async resend(id: Id<'inc'>, origin: Origin = hostOrigin): Promise<void> {
    const incident = await this.get(id)
    const update = incident.updates.at(-1)
    if (!update) return
    await this.#deps.transaction(({ events }) =>
      events.record(StatusEvents.incidentResent(null, noteOf(incident, update), origin)),
    )
  }

  /**
   * Corrects what was said; nobody is told.
   *
   * @throws `status/incident-not-found`, `status/unknown-component`, `status/changed`
   */
  async correct(id: Id<'inc'>, change: IncidentChange, origin: Origin = hostOrigin): Promise<Incident> {
    const { transaction, components } = this.#deps
    const before = await this.get(id)
    const { title = before.title, severity = before.severity, affected = before.affected } = change
    if (change.affected) await checkComponents(components, affected)
    const next: Incident = { ...before, title, severity, affected }
    await transaction(async ({ incidents, events }) => {
      if (!(await incidents.replace(next))) throw StatusErrors.changed()
      await events.record(StatusEvents.incidentCorrected(null, { incidentId: id }, origin))
    })
    return { ...next, version: next.version + 1 }
  }

  #update(state: IncidentState, message: string): IncidentUpdate {
    const { clock } = this.#deps
    return { id: newId('upd', clock), state, message, createdAt: clock.now().toISOString() }
  }
}

const noteOf = ({ id, severity }: Incident, { id: updateId, state }: IncidentUpdate) => ({
  incidentId: id,
  updateId,
  state,
  severity,
})
