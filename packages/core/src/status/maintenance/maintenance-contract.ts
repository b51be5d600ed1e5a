import * as z from 'zod'
import { anyone, scope } from '../../contract/access.ts'
import { defineContract } from '../../contract/contract.ts'
import { created, json, ok } from '../../contract/media.ts'
import { idSchema } from '../../kernel/id.ts'
import { PageErrors, pageOf, PageQuery } from '../../kernel/page.ts'
import { publicRead } from '../public-read.ts'
import { StatusErrors } from '../status-errors.ts'
import { StatusPermissions } from '../status-permissions.ts'
import { Maintenance, MaintenanceChange, NewMaintenance } from './maintenance.ts'

const access = scope(StatusPermissions.manage.scope)

export const maintenanceContract = defineContract('status-maintenance', '/api/v1/status/maintenance', {
  list: {
    method: 'GET',
    path: '',
    access: anyone,
    summary: 'List maintenance, newest first',
    query: PageQuery,
    success: ok(pageOf(Maintenance)),
    errors: [PageErrors.invalidCursor],
    rateLimit: publicRead,
  },
  schedule: {
    method: 'POST',
    path: '',
    access,
    summary: 'Announce maintenance; it begins and ends by itself',
    body: json(NewMaintenance),
    success: created(Maintenance),
    errors: [StatusErrors.unknownComponent, StatusErrors.invalidPeriod],
  },
  update: {
    method: 'PATCH',
    path: '/{id}',
    access,
    summary: 'Change announced maintenance, cancel it, or end it early',
    params: z.object({ id: idSchema('mnt') }),
    body: json(MaintenanceChange),
    success: ok(Maintenance),
    errors: [
      StatusErrors.maintenanceNotFound,
      StatusErrors.maintenanceEnded,
      StatusErrors.maintenanceStarted,
      StatusErrors.unknownComponent,
      StatusErrors.invalidPeriod,
      StatusErrors.changed,
    ],
  },
})
