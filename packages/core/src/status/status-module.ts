import { defineModule, type ModuleContext } from '../module/module.ts'
import { componentRoutes } from './components/component-routes.ts'
import { ComponentService } from './components/component-service.ts'
import { incidentRoutes } from './incidents/incident-routes.ts'
import { IncidentService } from './incidents/incident-service.ts'
import { maintenanceRoutes } from './maintenance/maintenance-routes.ts'
import { MaintenanceService } from './maintenance/maintenance-service.ts'
import type { StatusRepositories } from './ports/status-repositories.ts'
import { StatusErrors } from './status-errors.ts'
import { StatusEvents } from './status-events.ts'
import { StatusJobs } from './status-jobs.ts'
import { StatusPermissions } from './status-permissions.ts'
import type { StatusTransaction } from './status-scope.ts'

export interface StatusServices {
  readonly components: ComponentService
  readonly incidents: IncidentService
  readonly maintenance: MaintenanceService
}

/** The status page of the deployment: what works, what does not, and what is said about it. */
export const status = () =>
  defineModule({
    name: 'status',
    catalogs: {
      errors: [StatusErrors],
      events: StatusEvents,
      jobs: StatusJobs,
      permissions: StatusPermissions,
    },
    services: ({
      repositories,
      platform,
      transaction,
    }: ModuleContext<StatusRepositories>): StatusServices => {
      const inTransaction: StatusTransaction = (work) =>
        transaction(({ repositories: bound, events }) => work({ ...bound, events }))
      const deps = { ...platform, ...repositories, transaction: inTransaction }
      return {
        components: new ComponentService(deps),
        incidents: new IncidentService(deps),
        maintenance: new MaintenanceService(deps),
      }
    },
    routes: ({ components, incidents, maintenance }) => [
      ...componentRoutes(components),
      ...incidentRoutes(incidents),
      ...maintenanceRoutes(maintenance),
    ],
    jobs: ({ maintenance }) => [{ job: StatusJobs.advanceMaintenance, run: () => maintenance.advance() }],
  })
