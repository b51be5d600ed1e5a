import type { ComponentState } from '../components/component-state.ts'
import type { IncidentState, Severity } from '../incidents/incident.ts'
import type { MaintenanceState } from '../maintenance/maintenance.ts'

export const stateWords: Readonly<Record<ComponentState, string>> = {
  operational: 'Operational',
  degraded: 'Degraded',
  partial_outage: 'Partial outage',
  major_outage: 'Major outage',
  maintenance: 'Under maintenance',
}

/** Names of the style sheet: each colours what has it. */
export const stateClass: Readonly<Record<ComponentState, string>> = {
  operational: 'u',
  degraded: 'd',
  partial_outage: 'p',
  major_outage: 'o',
  maintenance: 'm',
}

export const overallWords: Readonly<Record<ComponentState, string>> = {
  operational: 'All systems operational',
  degraded: 'Some systems are degraded',
  partial_outage: 'Some systems are partly out',
  major_outage: 'Some systems are out',
  maintenance: 'Maintenance is under way',
}

export const incidentWords: Readonly<Record<IncidentState, string>> = {
  investigating: 'Investigating',
  identified: 'Identified',
  monitoring: 'Monitoring',
  resolved: 'Resolved',
  postmortem: 'Postmortem',
}

export const severityWords: Readonly<Record<Severity, string>> = {
  minor: 'Minor',
  major: 'Major',
  critical: 'Critical',
}

export const maintenanceWords: Readonly<Record<MaintenanceState, string>> = {
  scheduled: 'Scheduled',
  in_progress: 'In progress',
  completed: 'Completed',
  cancelled: 'Cancelled',
}

const dayForm = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', timeZone: 'UTC' })
const timeForm = new Intl.DateTimeFormat('en', {
  year: 'numeric',
  month: 'long',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
  timeZone: 'UTC',
  timeZoneName: 'short',
})

/** Of days that are less than a year apart. */
export const dayWords = (day: string): string => dayForm.format(new Date(day))
export const timeWords = (time: string): string => timeForm.format(new Date(time))

/** Rounded down, so that what was not perfect never reads 100 %. */
export const percent = (ratio: number): string => `${Math.floor(ratio * 10_000) / 100} %`
