import * as z from 'zod'
import { before } from '../../kernel/duration.ts'
import { idSchema } from '../../kernel/id.ts'
import type { Component } from '../components/component.ts'
import { ComponentState, componentStates, worstState } from '../components/component-state.ts'
import { Incident } from '../incidents/incident.ts'
import { Maintenance } from '../maintenance/maintenance.ts'
import { dayOf, type Probe, type ProbeDay } from '../probes/probe.ts'

/** As many days as the page shows. */
export const shownDays = 90

const ratio = z
  .number()
  .nullable()
  .describe('share of checks that passed, from 0 to 1; null when there were none')

export const UptimeDay = z.object({ day: z.iso.date(), ratio, state: ComponentState.nullable() })
export type UptimeDay = z.infer<typeof UptimeDay>

export const ShownComponent = z.object({
  id: idSchema('cmp'),
  name: z.string(),
  description: z.string(),
  groupId: idSchema('cmp').nullable(),
  state: ComponentState,
  uptime: ratio,
})

export const Group = z.object({
  id: idSchema('cmp'),
  name: z.string(),
  description: z.string(),
  state: ComponentState,
})

/** What the public may know: no check, no address, nobody's name. */
export const StatusSummary = z.object({
  status: ComponentState.describe('the worst state of a component'),
  groups: z.array(Group).readonly(),
  components: z.array(ShownComponent).readonly().describe('as they stand on the page'),
  incidents: z.array(Incident).readonly().describe('those that are not resolved, newest first'),
  maintenance: z.array(Maintenance).readonly().describe('what is in progress or scheduled'),
  staleSince: z.iso
    .datetime()
    .nullable()
    .describe('set while the database cannot be read: from when this is'),
})
export type StatusSummary = z.infer<typeof StatusSummary>

export const StatusHistory = z.object({
  from: z.iso.date(),
  to: z.iso.date(),
  components: z
    .array(
      z.object({
        id: idSchema('cmp'),
        name: z.string(),
        uptime: ratio,
        days: z.array(UptimeDay).readonly().describe('oldest first, one for each day'),
      }),
    )
    .readonly(),
  incidents: z.array(Incident).readonly().describe('those that began within these days, newest first'),
})
export type StatusHistory = z.infer<typeof StatusHistory>

/** Everything that is shown, in whichever form. */
export interface StatusData {
  readonly summary: StatusSummary
  readonly history: StatusHistory
}

export interface StatusRows {
  readonly components: readonly Component[]
  /** Not resolved, or begun within the shown days. */
  readonly incidents: readonly Incident[]
  readonly maintenance: readonly Maintenance[]
  readonly probes: readonly Probe[]
  readonly days: readonly ProbeDay[]
}

/** The first of the shown days. */
export const firstDay = (now: Date): Date => before(now, `${shownDays - 1}d`)

/** Puts together what is shown. What was set by hand comes first, then maintenance, then the worst of checks and incidents. */
export function toStatusData(rows: StatusRows, now: Date): StatusData {
  const open = rows.incidents.filter(({ resolvedAt }) => resolvedAt === null)
  const days = Array.from({ length: shownDays }, (_, i) => dayOf(before(now, `${shownDays - 1 - i}d`)))
  const counted = Map.groupBy(rows.days, ({ componentId }) => componentId)
  const down = new Set(rows.probes.filter(({ isUp }) => !isUp).map(({ componentId }) => componentId))
  const shown = rows.components
    .filter(({ kind }) => kind === 'component')
    .map((component) => {
      const { id, name, description, groupId, check, override } = component
      const inMaintenance = rows.maintenance.some(
        ({ state, componentIds }) => state === 'in_progress' && componentIds.includes(id),
      )
      const state =
        override ??
        worstState([
          ...(inMaintenance ? (['maintenance'] as const) : []),
          ...(check !== null && down.has(id) ? (['major_outage'] as const) : []),
          ...impactsOn(id, open),
        ])
      // Of 60 components and 90 days few had an incident: only those are looked at day by day.
      const told = rows.incidents.filter(({ affected }) =>
        affected.some(({ componentId }) => componentId === id),
      )
      const checks = new Map(counted.get(id)?.map((one) => [one.day, one]))
      const history = days.map((day) =>
        dayState(
          day,
          checks.get(day),
          told.length === 0
            ? []
            : impactsOn(
                id,
                told.filter((one) => isOn(day, one)),
              ),
        ),
      )
      const total = sum(days.flatMap((day) => checks.get(day) ?? []))
      return { id, name, description, groupId, state, uptime: ratioOf(total), days: history }
    })
  const groups = rows.components
    .filter(({ kind }) => kind === 'group')
    .map(({ id, name, description }) => ({
      id,
      name,
      description,
      state: worstState(shown.filter(({ groupId }) => groupId === id).map(({ state }) => state)),
    }))
  return {
    summary: {
      status: worstState(shown.map(({ state }) => state)),
      groups,
      components: shown.map(({ days: _, ...component }) => component),
      incidents: open,
      maintenance: rows.maintenance,
      staleSince: null,
    },
    history: {
      from: days[0] ?? dayOf(now),
      to: dayOf(now),
      components: shown.map(({ id, name, uptime, days: list }) => ({ id, name, uptime, days: list })),
      incidents: rows.incidents,
    },
  }
}

const impactsOn = (id: Component['id'], incidents: readonly Incident[]): readonly ComponentState[] =>
  incidents.flatMap(({ affected }) =>
    affected.filter(({ componentId }) => componentId === id).map(({ state }) => state),
  )

const isOn = (day: string, { startedAt, resolvedAt }: Incident): boolean =>
  startedAt.slice(0, 10) <= day && (resolvedAt === null || day <= resolvedAt.slice(0, 10))

type Counts = Pick<ProbeDay, 'checks' | 'failures'>

const ratioOf = (counts: Counts | undefined): number | null =>
  counts === undefined || counts.checks === 0 ? null : 1 - counts.failures / counts.checks

function sum(list: readonly Counts[]): Counts {
  const total = { checks: 0, failures: 0 }
  for (const { checks, failures } of list) {
    total.checks += checks
    total.failures += failures
  }
  return total
}

// 15 minutes of a day.
const aLot = 0.01

function dayState(day: string, counts: Counts | undefined, impacts: readonly ComponentState[]): UptimeDay {
  const ratio = ratioOf(counts)
  const told = impacts.length === 0 ? null : worstState(impacts)
  if (ratio === null) return { day, ratio, state: told }
  const seen = ratio === 1 ? 'operational' : ratio >= 1 - aLot ? 'degraded' : 'major_outage'
  const state = told && componentStates.indexOf(told) > componentStates.indexOf(seen) ? told : seen
  return { day, ratio, state }
}
