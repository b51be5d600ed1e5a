import type { ComponentRepository } from './component-repository.ts'
import type { IncidentRepository } from './incident-repository.ts'
import type { MaintenanceRepository } from './maintenance-repository.ts'
import type { ProbeRepository } from './probe-repository.ts'
import type { SubscriptionRepository } from './subscription-repository.ts'

/** Everything that the status module keeps. It belongs to the platform, not to a tenant. */
export interface StatusRepositories {
  readonly components: ComponentRepository
  readonly incidents: IncidentRepository
  readonly maintenance: MaintenanceRepository
  readonly probes: ProbeRepository
  readonly subscriptions: SubscriptionRepository
}
