import type { Id } from '../../kernel/id.ts'
import type { Component } from '../components/component.ts'

export interface ComponentRepository {
  /** @throws `status/group-not-found` when the group that it names does not exist. */
  insert(component: Component): Promise<void>
  find(id: Id<'cmp'>): Promise<Component | null>
  /** By position, those of one position oldest first. */
  list(): Promise<readonly Component[]>
  /**
   * Replaces what is stored if the version is still that of `component`, and raises it by one. Of concurrent callers with one
   * version one succeeds. False when the version has moved on or there is no such component.
   *
   * @throws `status/group-not-found` when the group that it names does not exist.
   */
  replace(component: Component): Promise<boolean>
  /**
   * False when there is none. Of concurrent callers one succeeds.
   *
   * @throws `status/group-not-empty` when others are in it.
   */
  remove(id: Id<'cmp'>): Promise<boolean>
}
