import { implement, type Route } from '../../http/implement.ts'
import { incidentContract } from './incident-contract.ts'
import type { IncidentService } from './incident-service.ts'

export const incidentRoutes = (incidents: IncidentService): readonly Route[] =>
  implement(incidentContract, {
    list: ({ query }) => incidents.list(query),
    open: ({ body, client }) => incidents.open(body, client),
    get: ({ params }) => incidents.get(params.id),
    correct: ({ params, body, client }) => incidents.correct(params.id, body, client),
    update: ({ params, body, client }) => incidents.update(params.id, body, client),
    resend: ({ params, client }) => incidents.resend(params.id, client),
  })
