import { newId } from '../../kernel/id.ts'
import { race, racers, type Suite, winners } from '../../ports/suite.ts'
import type { Component } from '../components/component.ts'
import { StatusErrors } from '../status-errors.ts'
import { sampleComponent, type StatusStorage } from './samples.conformance.ts'

/** The law of `ComponentRepository`. `fresh` gives an empty storage for each test. */
export function componentRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<StatusStorage>,
): void {
  async function open() {
    const { components } = (await fresh()).repositories.status
    const group = sampleComponent({ kind: 'group', position: 0 })
    await components.insert(group)
    const component = sampleComponent({ groupId: group.id })
    await components.insert(component)
    return { components, group, component }
  }

  test('a component is found as it was stored', async () => {
    const { components, group, component } = await open()
    expect(await components.find(group.id)).toEqual(group)
    expect(await components.find(component.id)).toEqual(component)
    expect(await components.find(newId('cmp'))).toBe(null)
  })

  test('components are listed by position, those of one position oldest first', async () => {
    const { components, group, component } = await open()
    const [older, newer] = ['cmp_00000000000000000000000000', 'cmp_zzzzzzzzzzzzzzzzzzzzzzzzzz'] as const
    await components.insert(sampleComponent({ id: newer }))
    await components.insert(sampleComponent({ id: older }))
    expect((await components.list()).map(({ id }) => id)).toEqual([group.id, older, component.id, newer])
  })

  test('a component in a group that does not exist is refused', async () => {
    const { components, component } = await open()
    const groupId = newId('cmp')
    const { code } = StatusErrors.groupNotFound
    await expect(components.insert(sampleComponent({ groupId }))).rejects.toMatchObject({ code })
    await expect(components.replace({ ...component, groupId })).rejects.toMatchObject({ code })
    expect(await components.find(component.id)).toEqual(component)
  })

  test('replace changes everything and raises the version', async () => {
    const { components, component } = await open()
    const next: Component = {
      ...component,
      name: 'API',
      description: '',
      groupId: null,
      position: 7,
      check: { kind: 'http', url: 'https://example.com/', status: 204, failures: 3, successes: 2 },
      override: 'degraded',
    }
    expect(await components.replace(next)).toBe(true)
    expect(await components.find(component.id)).toEqual({ ...next, version: 2 })
  })

  test('replace with another version, or of nothing, changes nothing', async () => {
    const { components, component } = await open()
    expect(await components.replace({ ...component, version: 2, name: 'API' })).toBe(false)
    expect(await components.replace(sampleComponent())).toBe(false)
    expect(await components.find(component.id)).toEqual(component)
    expect(await components.list()).toHaveLength(2)
  })

  test('of concurrent callers with one version one replaces', async () => {
    const { components, component } = await open()
    const results = winners(await race((racer) => components.replace({ ...component, position: racer })))
    expect(results).toHaveLength(racers)
    expect(results.filter((isDone) => isDone)).toHaveLength(1)
  })

  test('a component is removed once', async () => {
    const { components, component, group } = await open()
    const results = winners(await race(() => components.remove(component.id)))
    expect(results.filter((isDone) => isDone)).toHaveLength(1)
    expect(await components.list()).toEqual([group])
  })

  test('a group with components in it is not removed', async () => {
    const { components, group, component } = await open()
    const { code } = StatusErrors.groupNotEmpty
    await expect(components.remove(group.id)).rejects.toMatchObject({ code })
    await components.remove(component.id)
    expect(await components.remove(group.id)).toBe(true)
  })
}
