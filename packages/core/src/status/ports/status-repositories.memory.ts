import { memoryComponentRepository } from './component-repository.memory.ts'
import { memoryIncidentRepository } from './incident-repository.memory.ts'
import { memoryMaintenanceRepository } from './maintenance-repository.memory.ts'
import { memoryProbeRepository } from './probe-repository.memory.ts'
import type { StatusRepositories } from './status-repositories.ts'
import type { StatusTables } from './status-tables.memory.ts'
import { memorySubscriptionRepository } from './subscription-repository.memory.ts'

/** Reference implementation: what a conforming one does, without a database. Every verb is one turn of the event loop. */
export const memoryStatusRepositories = (tables: StatusTables): StatusRepositories => ({
  components: memoryComponentRepository(tables),
  incidents: memoryIncidentRepository(tables),
  maintenance: memoryMaintenanceRepository(tables),
  probes: memoryProbeRepository(tables),
  subscriptions: memorySubscriptionRepository(tables),
})
