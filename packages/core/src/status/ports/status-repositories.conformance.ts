import type { Suite } from '../../ports/suite.ts'
import { componentRepositoryConformance } from './component-repository.conformance.ts'
import { incidentRepositoryConformance } from './incident-repository.conformance.ts'
import { maintenanceRepositoryConformance } from './maintenance-repository.conformance.ts'
import { probeRepositoryConformance } from './probe-repository.conformance.ts'
import { subscriptionRepositoryConformance } from './subscription-repository.conformance.ts'
import { sampleComponent, sampleIncident, type StatusStorage } from './samples.conformance.ts'

/** The law of `StatusRepositories`. `fresh` gives an empty storage for each test. */
export function statusRepositoriesConformance(suite: Suite, fresh: () => Promise<StatusStorage>): void {
  componentRepositoryConformance(suite, fresh)
  incidentRepositoryConformance(suite, fresh)
  maintenanceRepositoryConformance(suite, fresh)
  probeRepositoryConformance(suite, fresh)
  subscriptionRepositoryConformance(suite, fresh)
  transactionConformance(suite, fresh)
}

function transactionConformance({ test, expect }: Suite, fresh: () => Promise<StatusStorage>): void {
  test('a transaction that fails leaves nothing', async () => {
    const { transaction, repositories, outbox } = await fresh()
    const failed = transaction(async ({ repositories: { status }, events }) => {
      await status.components.insert(sampleComponent())
      await status.incidents.insert(sampleIncident())
      await events.record({ type: 'status.incident.opened', tenantId: null, payload: {} })
      throw new Error('on purpose')
    })
    await expect(failed).rejects.toThrow('on purpose')
    expect(await repositories.status.components.list()).toEqual([])
    expect(await repositories.status.incidents.list({ limit: 9, after: null })).toEqual([])
    expect(await outbox.depth()).toEqual({ pending: 0, dead: 0 })
  })
}
