import { dayOf } from '../probes/probe.ts'
import type { ProbeRepository } from './probe-repository.ts'
import type { StatusTables } from './status-tables.memory.ts'

export function memoryProbeRepository({
  statusComponents,
  statusProbes,
  statusOutcomes,
  statusDays,
}: StatusTables): ProbeRepository {
  return {
    list: async () =>
      structuredClone(
        [...statusProbes.values()].filter(({ componentId }) => statusComponents.has(componentId)),
      ),
    async record(next, outcome, before) {
      const { componentId, checkedAt } = next
      const last = statusProbes.get(componentId)?.checkedAt.getTime()
      if (last !== before?.getTime() || !statusComponents.has(componentId)) return false
      statusProbes.set(componentId, structuredClone(next))
      statusOutcomes.set(`${componentId} ${checkedAt.toISOString()}`, { componentId, checkedAt, ...outcome })
      const day = dayOf(checkedAt)
      const key = `${componentId} ${day}`
      const { checks, failures } = statusDays.get(key) ?? { checks: 0, failures: 0 }
      const failed = outcome.passed ? 0 : 1
      statusDays.set(key, { componentId, day, checks: checks + 1, failures: failures + failed })
      return true
    },
    listDays: async (since) =>
      structuredClone([...statusDays.values()])
        .filter(({ componentId, day }) => statusComponents.has(componentId) && day >= since)
        .toSorted((a, b) => (a.componentId + a.day < b.componentId + b.day ? -1 : 1)),
    async trim(before, firstDay) {
      for (const [key, { day }] of statusDays) if (day < firstDay) statusDays.delete(key)
      const old = [...statusOutcomes].filter(([, { checkedAt }]) => checkedAt < before)
      for (const [key] of old) statusOutcomes.delete(key)
      return old.length
    },
  }
}
