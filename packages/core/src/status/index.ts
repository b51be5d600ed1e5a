export { Component, ComponentChange, NewComponent } from './components/component.ts'
export { ComponentState } from './components/component-state.ts'
export { componentContract } from './components/component-contract.ts'
export { ComponentService, type ComponentServiceDeps } from './components/component-service.ts'
export {
  Incident,
  IncidentChange,
  IncidentState,
  IncidentUpdate,
  NewIncident,
  NewIncidentUpdate,
  Severity,
} from './incidents/incident.ts'
export { incidentContract } from './incidents/incident-contract.ts'
export { IncidentService, type IncidentServiceDeps } from './incidents/incident-service.ts'
export {
  Maintenance,
  MaintenanceChange,
  MaintenanceState,
  NewMaintenance,
} from './maintenance/maintenance.ts'
export { maintenanceContract } from './maintenance/maintenance-contract.ts'
export { MaintenanceService, type MaintenanceServiceDeps } from './maintenance/maintenance-service.ts'
export { pageContract, statusContract } from './page/page-contract.ts'
export { PageService, type PageServiceDeps } from './page/page-service.ts'
export { StatusHistory, StatusSummary } from './page/status-data.ts'
export { ProbeService, type ProbeServiceDeps } from './probes/probe-service.ts'
export { StatusErrors } from './status-errors.ts'
export { StatusEvents } from './status-events.ts'
export { StatusJobs } from './status-jobs.ts'
export { StatusMetrics } from './status-metrics.ts'
export { status, type StatusServices } from './status-module.ts'
export { StatusPermissions } from './status-permissions.ts'
export { StatusSettings } from './status-settings.ts'
export {
  Channel,
  ConfirmedWebhook,
  NewSubscription,
  Subscription,
  SubscriptionProof,
  SubscriptionQuery,
} from './subscriptions/subscription.ts'
export { subscriptionContract, subscriptionPageContract } from './subscriptions/subscription-contract.ts'
export { SubscriptionService, type SubscriptionServiceDeps } from './subscriptions/subscription-service.ts'
