import { implement, type Route } from '../../http/implement.ts'
import { maintenanceContract } from './maintenance-contract.ts'
import type { MaintenanceService } from './maintenance-service.ts'

export const maintenanceRoutes = (maintenance: MaintenanceService): readonly Route[] =>
  implement(maintenanceContract, {
    list: ({ query }) => maintenance.list(query),
    schedule: ({ body, client }) => maintenance.schedule(body, client),
    update: ({ params, body, client }) => maintenance.update(params.id, body, client),
  })
