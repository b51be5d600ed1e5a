import type { Id } from '../../kernel/id.ts'
import type { PageRequest } from '../../kernel/page.ts'
import type { Maintenance, MaintenanceState } from '../maintenance/maintenance.ts'

/** What time did to a maintenance. */
export interface MaintenanceStep {
  readonly id: Id<'mnt'>
  readonly state: MaintenanceState
}

export interface MaintenanceRepository {
  insert(maintenance: Maintenance): Promise<void>
  find(id: Id<'mnt'>): Promise<Maintenance | null>
  /** Newest first. */
  list(page: PageRequest): Promise<readonly Maintenance[]>
  /** Those that are scheduled or in progress, by their beginning. */
  listCurrent(): Promise<readonly Maintenance[]>
  /**
   * Replaces what is stored if the version is still that of `maintenance`, and raises it by one. Of concurrent callers with one
   * version one succeeds. False when the version has moved on or there is no such maintenance.
   */
  replace(maintenance: Maintenance): Promise<boolean>
  /**
   * Begins what is scheduled and due, and completes what is in progress or scheduled and over; raises their versions. Of concurrent
   * callers each step is told to one.
   */
  advance(now: Date): Promise<readonly MaintenanceStep[]>
}
