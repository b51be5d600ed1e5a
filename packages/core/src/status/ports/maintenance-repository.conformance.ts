import { newId } from '../../kernel/id.ts'
import { race, racers, type Suite, winners } from '../../ports/suite.ts'
import type { Maintenance } from '../maintenance/maintenance.ts'
import { sampleMaintenance, type StatusStorage } from './samples.conformance.ts'

/** The law of `MaintenanceRepository`. `fresh` gives an empty storage for each test. */
export function maintenanceRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<StatusStorage>,
): void {
  async function open() {
    const { maintenance } = (await fresh()).repositories.status
    const one = sampleMaintenance()
    await maintenance.insert(one)
    const advance = (time: string) => maintenance.advance(new Date(`2026-03-02T${time}:00.000Z`))
    return { maintenance, one, advance }
  }

  test('maintenance is found as it was stored', async () => {
    const { maintenance, one } = await open()
    expect(await maintenance.find(one.id)).toEqual(one)
    expect(await maintenance.find(newId('mnt'))).toBe(null)
  })

  test('maintenance is listed newest first, in pages', async () => {
    const { maintenance, one } = await open()
    const [older, newer] = ['mnt_00000000000000000000000000', 'mnt_zzzzzzzzzzzzzzzzzzzzzzzzzz'] as const
    await maintenance.insert(sampleMaintenance({ id: older, state: 'cancelled' }))
    await maintenance.insert(sampleMaintenance({ id: newer }))
    const ids = async (limit: number, after: string | null) =>
      (await maintenance.list({ limit, after })).map(({ id }) => id)
    expect(await ids(1, null)).toEqual([newer, one.id])
    expect(await ids(5, newer)).toEqual([one.id, older])
  })

  test('current is what is scheduled or in progress, by its beginning', async () => {
    const { maintenance, one } = await open()
    const earlier = sampleMaintenance({ state: 'in_progress', startsAt: '2026-03-01T00:00:00.000Z' })
    await maintenance.insert(sampleMaintenance({ state: 'completed' }))
    await maintenance.insert(sampleMaintenance({ state: 'cancelled' }))
    await maintenance.insert(earlier)
    expect(await maintenance.listCurrent()).toEqual([earlier, one])
  })

  test('replace changes everything and raises the version', async () => {
    const { maintenance, one } = await open()
    const next: Maintenance = {
      ...one,
      title: 'API',
      message: 'Soon',
      componentIds: [],
      state: 'cancelled',
      startsAt: '2026-04-02T12:00:00.000Z',
      endsAt: '2026-04-02T14:00:00.000Z',
    }
    expect(await maintenance.replace(next)).toBe(true)
    expect(await maintenance.find(one.id)).toEqual({ ...next, version: 2 })
  })

  test('of concurrent callers with one version one replaces, with another none', async () => {
    const { maintenance, one } = await open()
    expect(await maintenance.replace({ ...one, version: 2 })).toBe(false)
    expect(await maintenance.replace(sampleMaintenance())).toBe(false)
    const results = winners(await race((racer) => maintenance.replace({ ...one, title: `${racer}` })))
    expect(results).toHaveLength(racers)
    expect(results.filter((isDone) => isDone)).toHaveLength(1)
  })

  test('time begins and completes what is due, and nothing else', async () => {
    const { maintenance, one, advance } = await open()
    await maintenance.insert(sampleMaintenance({ state: 'cancelled' }))
    expect(await advance('11:59')).toEqual([])
    expect(await advance('12:00')).toEqual([{ id: one.id, state: 'in_progress' }])
    expect(await advance('13:59')).toEqual([])
    expect(await advance('14:00')).toEqual([{ id: one.id, state: 'completed' }])
    expect(await advance('15:00')).toEqual([])
    expect(await maintenance.find(one.id)).toEqual({ ...one, state: 'completed', version: 3 })
  })

  test('what was missed altogether is completed', async () => {
    const { one, advance } = await open()
    expect(await advance('20:00')).toEqual([{ id: one.id, state: 'completed' }])
  })

  test('of concurrent callers each step is told to one', async () => {
    const { one, advance } = await open()
    const results = await race(() => advance('12:00'))
    expect(winners(results)).toHaveLength(racers)
    expect(winners(results).flat()).toEqual([{ id: one.id, state: 'in_progress' }])
  })
}
