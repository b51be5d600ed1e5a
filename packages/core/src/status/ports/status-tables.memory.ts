import type { Id } from '../../kernel/id.ts'
import type { Component } from '../components/component.ts'
import type { Incident } from '../incidents/incident.ts'
import type { Maintenance } from '../maintenance/maintenance.ts'
import type { StoredSubscription } from './subscription-repository.ts'
import type { Outcome, Probe, ProbeDay } from '../probes/probe.ts'

interface OutcomeRow extends Outcome, Pick<Probe, 'componentId' | 'checkedAt'> {}

/** What the reference implementations keep. Rows are replaced, never changed, so that a copy of the maps is a snapshot. */
export interface StatusTables {
  readonly statusComponents: Map<Id<'cmp'>, Component>
  readonly statusIncidents: Map<Id<'inc'>, Incident>
  readonly statusMaintenance: Map<Id<'mnt'>, Maintenance>
  readonly statusProbes: Map<Id<'cmp'>, Probe>
  /** By component and time. */
  readonly statusOutcomes: Map<string, OutcomeRow>
  /** By component and day. */
  readonly statusDays: Map<string, ProbeDay>
  readonly statusSubscriptions: Map<Id<'sbr'>, StoredSubscription>
}

export const statusTables = (): StatusTables => ({
  statusComponents: new Map(),
  statusIncidents: new Map(),
  statusMaintenance: new Map(),
  statusProbes: new Map(),
  statusOutcomes: new Map(),
  statusDays: new Map(),
  statusSubscriptions: new Map(),
})

interface Versioned<K extends string> {
  readonly id: K
  readonly version: number
}

/** Replaces a row if its version is still that of `next`. */
export function replaceVersion<K extends string, Row extends Versioned<K>>(
  rows: Map<K, Row>,
  next: Row,
): boolean {
  if (rows.get(next.id)?.version !== next.version) return false
  rows.set(next.id, structuredClone({ ...next, version: next.version + 1 }))
  return true
}

/** The rows of a page and one more, newest first. */
export const newestFirst = <Row extends { readonly id: string }>(
  rows: ReadonlyMap<string, Row>,
  { limit, after }: { readonly limit: number; readonly after: string | null },
): readonly Row[] =>
  structuredClone(
    [...rows.values()]
      .filter(({ id }) => after === null || id < after)
      .toSorted((a, b) => (a.id > b.id ? -1 : 1))
      .slice(0, limit + 1),
  )
