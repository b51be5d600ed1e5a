import * as z from 'zod'
import { anyone, scope } from '../../contract/access.ts'
import { defineContract } from '../../contract/contract.ts'
import { created, empty, json, ok } from '../../contract/media.ts'
import { idSchema } from '../../kernel/id.ts'
import { PageErrors, pageOf, PageQuery } from '../../kernel/page.ts'
import { publicRead } from '../public-read.ts'
import { StatusErrors } from '../status-errors.ts'
import { StatusPermissions } from '../status-permissions.ts'
import { Incident, IncidentChange, NewIncident, NewIncidentUpdate } from './incident.ts'

const access = scope(StatusPermissions.manage.scope)
const params = z.object({ id: idSchema('inc') })

export const incidentContract = defineContract('status-incidents', '/api/v1/status/incidents', {
  list: {
    method: 'GET',
    path: '',
    access: anyone,
    summary: 'List incidents, newest first',
    query: PageQuery,
    success: ok(pageOf(Incident)),
    errors: [PageErrors.invalidCursor],
    rateLimit: publicRead,
  },
  open: {
    method: 'POST',
    path: '',
    access,
    summary: 'Open an incident; subscribers are told',
    body: json(NewIncident),
    success: created(Incident),
    errors: [StatusErrors.unknownComponent],
  },
  get: {
    method: 'GET',
    path: '/{id}',
    access: anyone,
    summary: 'Read an incident and what was said about it, oldest first',
    params,
    success: ok(Incident),
    errors: [StatusErrors.incidentNotFound],
    rateLimit: publicRead,
  },
  correct: {
    method: 'PATCH',
    path: '/{id}',
    access,
    summary: 'Correct the title, the severity or the affected components of an incident; nobody is told',
    params,
    body: json(IncidentChange),
    success: ok(Incident),
    errors: [StatusErrors.incidentNotFound, StatusErrors.unknownComponent, StatusErrors.changed],
  },
  update: {
    method: 'POST',
    path: '/{id}/updates',
    access,
    summary: 'Say something new about an incident, or resolve it; subscribers are told',
    description:
      'While it is open it may be investigating, identified or monitoring, in any order. Once it is resolved it stays so, and may get a postmortem.',
    params,
    body: json(NewIncidentUpdate),
    success: created(Incident),
    errors: [
      StatusErrors.incidentNotFound,
      StatusErrors.wrongState,
      StatusErrors.tooManyUpdates,
      StatusErrors.unknownComponent,
      StatusErrors.changed,
    ],
  },
  resend: {
    method: 'POST',
    path: '/{id}/resend',
    access,
    summary: 'Tell all subscribers again what was said last about an incident',
    params,
    success: empty(202),
    errors: [StatusErrors.incidentNotFound],
    rateLimit: { name: 'status-resends', by: 'tenant', limit: 10, window: '1h' },
  },
})
