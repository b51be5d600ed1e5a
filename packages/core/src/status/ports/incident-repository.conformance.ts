import { newId } from '../../kernel/id.ts'
import { race, racers, type Suite, winners } from '../../ports/suite.ts'
import type { Incident } from '../incidents/incident.ts'
import { createdAt, sampleIncident, type StatusStorage } from './samples.conformance.ts'

/** The law of `IncidentRepository`. `fresh` gives an empty storage for each test. */
export function incidentRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<StatusStorage>,
): void {
  async function open() {
    const { incidents } = (await fresh()).repositories.status
    const incident = sampleIncident()
    await incidents.insert(incident)
    return { incidents, incident }
  }

  test('an incident is found as it was stored', async () => {
    const { incidents, incident } = await open()
    expect(await incidents.find(incident.id)).toEqual(incident)
    expect(await incidents.find(newId('inc'))).toBe(null)
  })

  test('incidents are listed newest first, in pages', async () => {
    const { incidents, incident } = await open()
    const [older, newer] = ['inc_00000000000000000000000000', 'inc_zzzzzzzzzzzzzzzzzzzzzzzzzz'] as const
    await incidents.insert(sampleIncident({ id: older }))
    await incidents.insert(sampleIncident({ id: newer }))
    const ids = async (limit: number, after: string | null) =>
      (await incidents.list({ limit, after })).map(({ id }) => id)
    expect(await ids(1, null)).toEqual([newer, incident.id])
    expect(await ids(5, newer)).toEqual([incident.id, older])
  })

  test('recent are those that are not resolved, and those that began lately', async () => {
    const { incidents, incident } = await open()
    const old = { startedAt: '2025-01-01T00:00:00.000Z', resolvedAt: '2026-03-02T00:00:00.000Z' }
    const lately = sampleIncident({ state: 'resolved', resolvedAt: createdAt })
    const endless = sampleIncident({ startedAt: old.startedAt })
    await incidents.insert(sampleIncident({ state: 'resolved', ...old }))
    await incidents.insert(lately)
    await incidents.insert(endless)
    expect(await incidents.listRecent(new Date(createdAt))).toEqual([endless, lately, incident])
  })

  test('replace changes everything and raises the version', async () => {
    const { incidents, incident } = await open()
    const next: Incident = {
      ...incident,
      title: 'API',
      severity: 'critical',
      state: 'resolved',
      affected: [],
      updates: [...incident.updates, { id: newId('upd'), state: 'resolved', message: 'Done', createdAt }],
      startedAt: '2026-02-01T00:00:00.000Z',
      resolvedAt: createdAt,
    }
    expect(await incidents.replace(next)).toBe(true)
    expect(await incidents.find(incident.id)).toEqual({ ...next, version: 2 })
  })

  test('replace with another version, or of nothing, changes nothing', async () => {
    const { incidents, incident } = await open()
    expect(await incidents.replace({ ...incident, version: 2, title: 'API' })).toBe(false)
    expect(await incidents.replace(sampleIncident())).toBe(false)
    expect(await incidents.list({ limit: 9, after: null })).toEqual([incident])
  })

  test('of concurrent callers with one version one replaces', async () => {
    const { incidents, incident } = await open()
    const results = winners(await race((racer) => incidents.replace({ ...incident, title: `${racer}` })))
    expect(results).toHaveLength(racers)
    expect(results.filter((isDone) => isDone)).toHaveLength(1)
    expect(await incidents.find(incident.id)).toMatchObject({ version: 2 })
  })
}
