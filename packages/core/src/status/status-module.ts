import { defineModule, type ModuleContext } from '../module/module.ts'
import { componentRoutes } from './components/component-routes.ts'
import { ComponentService } from './components/component-service.ts'
import { incidentRoutes } from './incidents/incident-routes.ts'
import { IncidentService } from './incidents/incident-service.ts'
import { maintenanceRoutes } from './maintenance/maintenance-routes.ts'
import { MaintenanceService } from './maintenance/maintenance-service.ts'
import { pageRoutes } from './page/page-routes.ts'
import { PageService } from './page/page-service.ts'
import { StatusCache } from './page/status-cache.ts'
import type { StatusRepositories } from './ports/status-repositories.ts'
import { ProbeService } from './probes/probe-service.ts'
import { Prober } from './probes/prober.ts'
import { StatusErrors } from './status-errors.ts'
import { StatusEvents } from './status-events.ts'
import { StatusJobs } from './status-jobs.ts'
import { StatusPermissions } from './status-permissions.ts'
import type { StatusTransaction } from './status-scope.ts'

export interface StatusServices {
  readonly components: ComponentService
  readonly incidents: IncidentService
  readonly maintenance: MaintenanceService
  readonly probes: ProbeService
  readonly page: PageService
}

interface StatusState {
  readonly statusCache: StatusCache
}

type Context = ModuleContext<StatusRepositories, Record<never, never>, Record<never, never>, StatusState>

/** What a job that runs by itself is given. */
interface Tick {
  readonly tick: string
}

/** The status page of the deployment: what works, what does not, and what is said about it. */
export const status = () =>
  defineModule({
    name: 'status',
    needs: ['fetcher'],
    catalogs: {
      errors: [StatusErrors],
      events: StatusEvents,
      jobs: StatusJobs,
      permissions: StatusPermissions,
    },
    state: (platform): StatusState => ({ statusCache: new StatusCache(platform) }),
    services: ({ repositories, platform, state, transaction, onCommit }: Context): StatusServices => {
      const inTransaction: StatusTransaction = async (work) => {
        const result = await transaction(({ repositories: bound, events }) => work({ ...bound, events }))
        onCommit(() => state.statusCache.expire())
        return result
      }
      const deps = {
        ...platform,
        ...state,
        ...repositories,
        prober: new Prober(platform),
        transaction: inTransaction,
      }
      return {
        components: new ComponentService(deps),
        incidents: new IncidentService(deps),
        maintenance: new MaintenanceService(deps),
        probes: new ProbeService(deps),
        page: new PageService(deps),
      }
    },
    routes: ({ components, incidents, maintenance, page }) => [
      ...pageRoutes(page),
      ...componentRoutes(components),
      ...incidentRoutes(incidents),
      ...maintenanceRoutes(maintenance),
    ],
    jobs: ({ maintenance, probes }) => [
      { job: StatusJobs.probe, run: ({ payload }) => probes.run(new Date((payload as Tick).tick)) },
      { job: StatusJobs.trimOutcomes, run: () => probes.trim() },
      { job: StatusJobs.advanceMaintenance, run: () => maintenance.advance() },
    ],
    // What was read once can be shown while the database is down.
    start: async ({ page }) => void (await page.summary()),
  })
