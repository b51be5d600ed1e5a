import type { Component } from '../components/component.ts'
import { StatusErrors } from '../status-errors.ts'
import type { ComponentRepository } from './component-repository.ts'
import { replaceVersion, type StatusTables } from './status-tables.memory.ts'

export function memoryComponentRepository({ statusComponents: rows }: StatusTables): ComponentRepository {
  const checkGroup = ({ groupId }: Component): void => {
    if (groupId !== null && !rows.has(groupId)) throw StatusErrors.groupNotFound()
  }

  return {
    async insert(component) {
      checkGroup(component)
      rows.set(component.id, structuredClone(component))
    },
    find: async (id) => structuredClone(rows.get(id) ?? null),
    list: async () =>
      structuredClone([...rows.values()]).toSorted(
        (a, b) => a.position - b.position || (a.id < b.id ? -1 : 1),
      ),
    async replace(component) {
      if (rows.has(component.id)) checkGroup(component)
      return replaceVersion(rows, component)
    },
    async remove(id) {
      if ([...rows.values()].some(({ groupId }) => groupId === id)) throw StatusErrors.groupNotEmpty()
      return rows.delete(id)
    },
  }
}
