import { idSchema, PageQuery } from '@corbel/core'
import { NewIncident, NewIncidentUpdate, SubscriptionQuery } from '@corbel/core/status'
import type { StatusTools } from 'corbel'
import type { HostStack } from '../stack.ts'

const incidentId = idSchema('inc')

export const statusTools = ({ status: { incidents, subscriptions } }: HostStack): StatusTools => ({
  incidents: {
    list: async (query) => incidents.list(PageQuery.parse(query)),
    open: async (incident) => incidents.open(NewIncident.parse(incident)),
    update: async (id, update) => incidents.update(incidentId.parse(id), NewIncidentUpdate.parse(update)),
    resend: async (id) => incidents.resend(incidentId.parse(id)),
  },
  subscriptions: {
    list: async (query) => subscriptions.list(SubscriptionQuery.parse(query)),
    remove: async (id) => subscriptions.remove(idSchema('sbr').parse(id)),
  },
})
