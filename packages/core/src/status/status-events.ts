import * as z from 'zod'
import { idSchema } from '../kernel/id.ts'
import { defineEvents } from '../module/define-events.ts'
import { EndedBy } from './subscriptions/subscription.ts'
import { Severity, IncidentState } from './incidents/incident.ts'

const componentId = idSchema('cmp')
const maintenanceId = idSchema('mnt')
const incidentId = idSchema('inc')
const subscriptionId = idSchema('sbr')

/** What is told to subscribers of an incident: which of its updates, and whom it concerns. */
const incident = z.object({ incidentId, updateId: idSchema('upd'), state: IncidentState, severity: Severity })

/** All of them are of the platform and of no tenant. */
export const StatusEvents = defineEvents({
  componentCreated: {
    type: 'status.component.created',
    summary: 'A component was added to the status page.',
    payload: z.object({ componentId }),
    audit: { subject: 'componentId' },
  },
  componentChanged: {
    type: 'status.component.changed',
    summary: 'A component of the status page was changed, or its state set by hand.',
    payload: z.object({ componentId }),
    audit: { subject: 'componentId' },
  },
  componentRemoved: {
    type: 'status.component.removed',
    summary: 'A component was removed from the status page.',
    payload: z.object({ componentId }),
    audit: { subject: 'componentId' },
  },
  componentFailed: {
    type: 'status.component.failed',
    summary: 'The checks of a component failed so often in a row that it counts as down.',
    payload: z.object({ componentId, result: z.string() }),
  },
  componentRecovered: {
    type: 'status.component.recovered',
    summary: 'The checks of a component passed so often in a row that it counts as up again.',
    payload: z.object({ componentId, result: z.string() }),
  },
  incidentOpened: {
    type: 'status.incident.opened',
    summary: 'An incident was opened.',
    payload: incident,
    audit: { subject: 'incidentId' },
  },
  incidentUpdated: {
    type: 'status.incident.updated',
    summary: 'Something new was said about an incident.',
    payload: incident,
    audit: { subject: 'incidentId' },
  },
  incidentResolved: {
    type: 'status.incident.resolved',
    summary: 'An incident was resolved.',
    payload: incident,
    audit: { subject: 'incidentId' },
  },
  incidentResent: {
    type: 'status.incident.resent',
    summary: 'What was said last about an incident was to be told again.',
    payload: incident,
    audit: { subject: 'incidentId' },
  },
  incidentCorrected: {
    type: 'status.incident.corrected',
    summary: 'The title, the severity or the affected components of an incident were corrected.',
    payload: z.object({ incidentId }),
    audit: { subject: 'incidentId' },
  },
  maintenanceScheduled: {
    type: 'status.maintenance.scheduled',
    summary: 'Maintenance was announced.',
    payload: z.object({ maintenanceId }),
    audit: { subject: 'maintenanceId' },
  },
  maintenanceChanged: {
    type: 'status.maintenance.changed',
    summary: 'Announced maintenance was changed.',
    payload: z.object({ maintenanceId }),
    audit: { subject: 'maintenanceId' },
  },
  maintenanceStarted: {
    type: 'status.maintenance.started',
    summary: 'Scheduled maintenance began.',
    payload: z.object({ maintenanceId }),
  },
  maintenanceCompleted: {
    type: 'status.maintenance.completed',
    summary: 'Maintenance was completed.',
    payload: z.object({ maintenanceId }),
    audit: { subject: 'maintenanceId' },
  },
  maintenanceCancelled: {
    type: 'status.maintenance.cancelled',
    summary: 'Announced maintenance was cancelled.',
    payload: z.object({ maintenanceId }),
    audit: { subject: 'maintenanceId' },
  },
  subscriptionRequested: {
    type: 'status.subscription.requested',
    summary:
      'Somebody asked that an address be told of incidents; the address is asked whether it wants that.',
    payload: z.object({ subscriptionId, generation: z.int() }),
  },
  subscriptionConfirmed: {
    type: 'status.subscription.confirmed',
    summary: 'An address said that it wants to be told of incidents.',
    payload: z.object({ subscriptionId }),
  },
  subscriptionRemoved: {
    type: 'status.subscription.removed',
    summary:
      'An address is not told of incidents any more: it said so, it answered that it is gone, it failed for long, or an operator did it.',
    payload: z.object({ subscriptionId, by: EndedBy }),
    audit: { subject: 'subscriptionId' },
  },
})
