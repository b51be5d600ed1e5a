import type { Id } from '../../kernel/id.ts'
import type { PageRequest } from '../../kernel/page.ts'
import type { Incident } from '../incidents/incident.ts'

export interface IncidentRepository {
  insert(incident: Incident): Promise<void>
  find(id: Id<'inc'>): Promise<Incident | null>
  /** Newest first. */
  list(page: PageRequest): Promise<readonly Incident[]>
  /** Those that are not resolved, and those that began at `since` or later; newest first. */
  listRecent(since: Date): Promise<readonly Incident[]>
  /**
   * Replaces what is stored if the version is still that of `incident`, and raises it by one. Of concurrent callers with one version
   * one succeeds. False when the version has moved on or there is no such incident.
   */
  replace(incident: Incident): Promise<boolean>
}
