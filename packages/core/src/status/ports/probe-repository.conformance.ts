import { newId } from '../../kernel/id.ts'
import { race, racers, type Suite, winners } from '../../ports/suite.ts'
import type { Outcome, Probe } from '../probes/probe.ts'
import { sampleComponent, type StatusStorage } from './samples.conformance.ts'

const passed: Outcome = { passed: true, latencyMs: 12, result: 'HTTP 200' }
const failed: Outcome = { passed: false, latencyMs: 0, result: 'fetcher/timed-out' }

/** The law of `ProbeRepository`. `fresh` gives an empty storage for each test. */
export function probeRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<StatusStorage>,
): void {
  async function open() {
    const { components, probes } = (await fresh()).repositories.status
    const { id: componentId } = sampleComponent()
    await components.insert(sampleComponent({ id: componentId }))
    const at = (time: string, change: Partial<Probe> = {}): Probe => ({
      componentId,
      isUp: true,
      streak: 0,
      result: 'HTTP 200',
      checkedAt: new Date(`2026-03-${time}:00.000Z`),
      ...change,
    })
    return { components, probes, componentId, at }
  }

  test('a probe is found as it was recorded last, and each result counts into its day', async () => {
    const { probes, componentId, at } = await open()
    const [first, second, third] = [
      at('01T23:59'),
      at('02T00:00', { isUp: false, streak: 3, result: failed.result }),
      at('02T00:01'),
    ]
    expect(await probes.record(first, passed, null)).toBe(true)
    expect(await probes.record(second, failed, first.checkedAt)).toBe(true)
    expect(await probes.list()).toEqual([second])
    expect(await probes.record(third, passed, second.checkedAt)).toBe(true)
    expect(await probes.list()).toEqual([third])
    expect(await probes.listDays('2026-03-01')).toEqual([
      { componentId, day: '2026-03-01', checks: 1, failures: 0 },
      { componentId, day: '2026-03-02', checks: 2, failures: 1 },
    ])
    expect(await probes.listDays('2026-03-02')).toHaveLength(1)
  })

  test('a result that was computed from another one has no effect', async () => {
    const { probes, at } = await open()
    const [first, second] = [at('01T10:00'), at('01T10:01')]
    expect(await probes.record(first, passed, at('01T09:00').checkedAt)).toBe(false)
    expect(await probes.record(first, passed, null)).toBe(true)
    expect(await probes.record(second, failed, null)).toBe(false)
    expect(await probes.record(second, failed, at('01T09:00').checkedAt)).toBe(false)
    expect(await probes.list()).toEqual([first])
    expect(await probes.listDays('2026-03-01')).toMatchObject([{ checks: 1, failures: 0 }])
  })

  test('of concurrent callers one records, the first time and later', async () => {
    const { probes, at } = await open()
    const [first, second] = [at('01T10:00'), at('01T10:01')]
    for (const [next, before] of [[first, null] as const, [second, first.checkedAt] as const]) {
      const results = winners(await race(() => probes.record(next, failed, before)))
      expect(results).toHaveLength(racers)
      expect(results.filter((isDone) => isDone)).toHaveLength(1)
    }
    expect(await probes.listDays('2026-03-01')).toMatchObject([{ checks: 2, failures: 2 }])
  })

  test('what is kept of a component goes with it', async () => {
    const { components, probes, componentId, at } = await open()
    await probes.record(at('01T10:00'), passed, null)
    await components.remove(componentId)
    expect(await probes.record(at('01T10:01', { componentId: newId('cmp') }), passed, null)).toBe(false)
    expect(await probes.list()).toEqual([])
    expect(await probes.listDays('2026-01-01')).toEqual([])
  })

  test('outcomes and days are forgotten apart', async () => {
    const { probes, componentId, at } = await open()
    const times = ['01T10:00', '02T10:00', '03T10:00'].map((time) => at(time))
    for (const [i, probe] of times.entries())
      await probes.record(probe, passed, times[i - 1]?.checkedAt ?? null)
    expect(await probes.trim(at('03T10:00').checkedAt, '2026-03-02')).toBe(2)
    expect(await probes.trim(at('03T10:00').checkedAt, '2026-03-02')).toBe(0)
    expect((await probes.listDays('2026-03-01')).map(({ day }) => day)).toEqual(['2026-03-02', '2026-03-03'])
    expect(await probes.list()).toMatchObject([{ componentId }])
  })
}
