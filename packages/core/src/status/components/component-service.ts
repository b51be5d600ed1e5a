import type { Clock } from '../../kernel/clock.ts'
import { type Id, newId } from '../../kernel/id.ts'
import { hostOrigin, type Origin } from '../../kernel/origin.ts'
import type { ComponentRepository } from '../ports/component-repository.ts'
import { StatusErrors } from '../status-errors.ts'
import { StatusEvents } from '../status-events.ts'
import type { StatusTransaction } from '../status-scope.ts'
import { type Component, type ComponentChange, mostComponents, NewComponent } from './component.ts'

export interface ComponentServiceDeps {
  readonly components: ComponentRepository
  readonly clock: Clock
  readonly transaction: StatusTransaction
}

/** What stands on the status page. */
export class ComponentService {
  readonly #deps: ComponentServiceDeps

  constructor(deps: ComponentServiceDeps) {
    this.#deps = deps
  }

  /** As they stand on the page. */
  async list(): Promise<{ readonly data: readonly Component[] }> {
    return { data: await this.#deps.components.list() }
  }

  /** @throws `status/group-not-found`, `status/too-many-components` */
  async create(input: NewComponent, origin: Origin = hostOrigin): Promise<Component> {
    const { components, clock, transaction } = this.#deps
    const { position, ...rest } = NewComponent.parse(input)
    const all = await components.list()
    if (all.length >= mostComponents) throw StatusErrors.tooManyComponents()
    const component: Component = {
      id: newId('cmp', clock),
      ...rest,
      position: position ?? (all.at(-1)?.position ?? -1) + 1,
      override: null,
      version: 1,
      createdAt: clock.now().toISOString(),
    }
    checkPlace(component, all)
    await transaction(async ({ components: bound, events }) => {
      await bound.insert(component)
      await events.record(StatusEvents.componentCreated(null, { componentId: component.id }, origin))
    })
    return component
  }

  /** @throws `status/component-not-found`, `status/group-not-found`, `status/changed` */
  async update(id: Id<'cmp'>, change: ComponentChange, origin: Origin = hostOrigin): Promise<Component> {
    const { components, transaction } = this.#deps
    const all = await components.list()
    const before = all.find((one) => one.id === id)
    if (!before) throw StatusErrors.componentNotFound()
    const next: Component = { ...before, ...definedOf(change) }
    checkPlace(next, all)
    await transaction(async ({ components: bound, events }) => {
      if (!(await bound.replace(next))) throw StatusErrors.changed()
      await events.record(StatusEvents.componentChanged(null, { componentId: id }, origin))
    })
    return { ...next, version: next.version + 1 }
  }

  /** @throws `status/component-not-found`, `status/group-not-empty` */
  async remove(id: Id<'cmp'>, origin: Origin = hostOrigin): Promise<void> {
    await this.#deps.transaction(async ({ components, events }) => {
      if (!(await components.remove(id))) throw StatusErrors.componentNotFound()
      await events.record(StatusEvents.componentRemoved(null, { componentId: id }, origin))
    })
  }
}

/** Groups are one level: a group is in none, and has no state of its own. @throws `status/group-not-found` */
function checkPlace(component: Component, all: readonly Component[]): void {
  const { kind, groupId, check, override } = component
  if (kind === 'group' && (groupId !== null || check !== null || override !== null))
    throw StatusErrors.groupNotFound({ detail: 'A group has no group, no check and no state of its own.' })
  if (groupId !== null && all.find(({ id }) => id === groupId)?.kind !== 'group')
    throw StatusErrors.groupNotFound()
}

const definedOf = (change: ComponentChange): Partial<Component> =>
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
