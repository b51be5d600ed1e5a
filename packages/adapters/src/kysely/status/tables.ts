import type { Id } from '@corbel/core/ports'
import type {
  Channel,
  Component,
  ComponentState,
  Incident,
  IncidentState,
  MaintenanceState,
  Severity,
} from '@corbel/core/status/ports'

export interface StatusTables {
  corbel_status_components: {
    id: Id<'cmp'>
    kind: Component['kind']
    name: string
    description: string
    group_id: Id<'cmp'> | null
    position: number
    probe: Component['check']
    override: ComponentState | null
    version: number
    created_at: Date
  }
  corbel_status_probes: {
    component_id: Id<'cmp'>
    is_up: boolean
    streak: number
    checked_at: Date
    result: string
  }
  corbel_status_outcomes: {
    component_id: Id<'cmp'>
    checked_at: Date
    passed: boolean
    latency_ms: number
    result: string
  }
  corbel_status_days: { component_id: Id<'cmp'>; day: string; checks: number; failures: number }
  corbel_status_subscriptions: {
    id: Id<'sbr'>
    channel: Channel
    target_digest: string
    target: string
    secret: string | null
    severity: Severity
    maintenance: boolean
    state: 'pending' | 'active'
    generation: number
    expires_at: Date | null
    created_at: Date
  }
  corbel_status_incidents: {
    id: Id<'inc'>
    title: string
    severity: Severity
    state: IncidentState
    affected: Incident['affected']
    updates: Incident['updates']
    started_at: Date
    resolved_at: Date | null
    version: number
  }
  corbel_status_maintenance: {
    id: Id<'mnt'>
    title: string
    message: string
    component_ids: readonly Id<'cmp'>[]
    state: MaintenanceState
    starts_at: Date
    ends_at: Date
    version: number
    created_at: Date
  }
}
