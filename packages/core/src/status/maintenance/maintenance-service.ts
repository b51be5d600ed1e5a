import type { Clock } from '../../kernel/clock.ts'
import { type Id, newId } from '../../kernel/id.ts'
import { hostOrigin, type Origin } from '../../kernel/origin.ts'
import { type Page, type PageQuery, toPage, toPageRequest } from '../../kernel/page.ts'
import { checkComponents } from '../components/known-components.ts'
import type { ComponentRepository } from '../ports/component-repository.ts'
import type { MaintenanceRepository } from '../ports/maintenance-repository.ts'
import { StatusErrors } from '../status-errors.ts'
import { StatusEvents } from '../status-events.ts'
import type { StatusTransaction } from '../status-scope.ts'
import {
  isEnded,
  type Maintenance,
  type MaintenanceChange,
  type MaintenanceState,
  NewMaintenance,
} from './maintenance.ts'

export interface MaintenanceServiceDeps {
  readonly components: ComponentRepository
  readonly maintenance: MaintenanceRepository
  readonly clock: Clock
  readonly transaction: StatusTransaction
}

/** Work that is announced. */
export class MaintenanceService {
  readonly #deps: MaintenanceServiceDeps

  constructor(deps: MaintenanceServiceDeps) {
    this.#deps = deps
  }

  /** Newest first. */
  async list(query: PageQuery): Promise<Page<Maintenance>> {
    const rows = await this.#deps.maintenance.list(toPageRequest(query))
    return toPage(rows, query.limit, ({ id }) => id)
  }

  /** @throws `status/unknown-component`, `status/invalid-period` */
  async schedule(input: NewMaintenance, origin: Origin = hostOrigin): Promise<Maintenance> {
    const { clock, transaction, components } = this.#deps
    const now = clock.now()
    const maintenance: Maintenance = {
      id: newId('mnt', clock),
      ...periodOf(NewMaintenance.parse(input)),
      state: 'scheduled',
      version: 1,
      createdAt: now.toISOString(),
    }
    checkPeriod(maintenance, now)
    await checkComponents(components, named(maintenance.componentIds))
    await transaction(async ({ maintenance: bound, events }) => {
      await bound.insert(maintenance)
      await events.record(StatusEvents.maintenanceScheduled(null, { maintenanceId: maintenance.id }, origin))
    })
    return maintenance
  }

  /**
   * @throws `status/maintenance-not-found`, `status/maintenance-ended`, `status/maintenance-started`, `status/unknown-component`,
   * `status/invalid-period`, `status/changed`
   */
  async update(id: Id<'mnt'>, change: MaintenanceChange, origin: Origin = hostOrigin): Promise<Maintenance> {
    const { clock, transaction, components, maintenance } = this.#deps
    const before = await maintenance.find(id)
    if (!before) throw StatusErrors.maintenanceNotFound()
    if (isEnded(before)) throw StatusErrors.maintenanceEnded()
    if (change.startsAt !== undefined && before.state !== 'scheduled') throw StatusErrors.maintenanceStarted()
    const next: Maintenance = periodOf({
      ...before,
      title: change.title ?? before.title,
      message: change.message ?? before.message,
      componentIds: change.componentIds ?? before.componentIds,
      startsAt: change.startsAt ?? before.startsAt,
      endsAt: change.endsAt ?? before.endsAt,
      state: change.state ?? before.state,
    })
    if (!isEnded(next)) checkPeriod(next, clock.now())
    if (change.componentIds) await checkComponents(components, named(next.componentIds))
    await transaction(async ({ maintenance: bound, events }) => {
      if (!(await bound.replace(next))) throw StatusErrors.changed()
      await events.record(eventOf(next.state)(null, { maintenanceId: id }, origin))
    })
    return { ...next, version: next.version + 1 }
  }

  /** Begins and completes what is due. Safe to run in several places at once. */
  async advance(): Promise<void> {
    const { clock, transaction } = this.#deps
    await transaction(async ({ maintenance, events }) => {
      for (const { id, state } of await maintenance.advance(clock.now())) {
        const event = state === 'in_progress' ? StatusEvents.maintenanceStarted : eventOf(state)
        await events.record(event(null, { maintenanceId: id }))
      }
    })
  }
}

/** Of a change by hand. */
const eventOf = (state: MaintenanceState) =>
  state === 'completed'
    ? StatusEvents.maintenanceCompleted
    : state === 'cancelled'
      ? StatusEvents.maintenanceCancelled
      : StatusEvents.maintenanceChanged

const named = (ids: readonly Id<'cmp'>[]) => ids.map((componentId) => ({ componentId }))

/** Times in the one spelling in which they are kept. */
const periodOf = <T extends { readonly startsAt: string; readonly endsAt: string }>(value: T): T => ({
  ...value,
  startsAt: new Date(value.startsAt).toISOString(),
  endsAt: new Date(value.endsAt).toISOString(),
})

function checkPeriod({ startsAt, endsAt }: Maintenance, now: Date): void {
  if (endsAt <= startsAt || new Date(endsAt) <= now) throw StatusErrors.invalidPeriod()
}
