import { Html, markup } from '../../contract/html.ts'
import type { Incident } from '../incidents/incident.ts'
import { isOver } from '../incidents/incident.ts'
import type { Maintenance } from '../maintenance/maintenance.ts'
import { barMarks, uptimeBars } from './status-bars.ts'
import type { StatusData, StatusHistory, StatusSummary } from './status-data.ts'
import { statusStyle } from './status-style.ts'
import {
  incidentWords,
  maintenanceWords,
  overallWords,
  percent,
  severityWords,
  stateClass,
  stateWords,
  timeWords,
} from './status-words.ts'

export interface PageBrand {
  readonly appName: string
}

type Shown = StatusSummary['components'][number]
type Days = StatusHistory['components'][number]['days']

// Beyond that, what is over stands in the JSON.
const mostPastIncidents = 5
const mostUpdates = 5
const longestMessage = 280

/** The whole page, a pure function of what is shown. It holds what readers of 30 KB need; all of it is in the JSON. */
export function statusPage({ summary, history }: StatusData, { appName }: PageBrand): string {
  const { status, components, groups, incidents, maintenance, staleSince } = summary
  const daysOf = new Map(history.components.map(({ id, days }) => [id, days]))
  const names = new Map(components.map(({ id, name }) => [id, name]))
  const list = (of: readonly Shown[]) =>
    markup`<ul>${of.map((component) => componentItem(component, daysOf.get(component.id) ?? []))}</ul>`
  const past = history.incidents.filter(({ state }) => isOver(state)).slice(0, mostPastIncidents)
  return markup`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${appName} status: ${overallWords[status]}</title><link rel="alternate" type="application/rss+xml" title="${appName} status" href="/status.rss"><style>${new Html(statusStyle)}</style></head><body><header><h1>${appName} status</h1></header><main><p class="banner ${stateClass[status]}">${overallWords[status]}</p>${staleSince !== null && markup`<p class="card">The status cannot be read right now. This is from ${time(staleSince)}.</p>`}${incidents.length > 0 && markup`<section aria-labelledby="incidents"><h2 id="incidents">Incidents</h2>${incidents.map((one) => incidentCard(one, names))}</section>`}${maintenance.length > 0 && markup`<section aria-labelledby="maintenance"><h2 id="maintenance">Maintenance</h2>${maintenance.map((one) => maintenanceCard(one, names))}</section>`}<section aria-labelledby="components"><h2 id="components">Components</h2>${components.length === 0 ? markup`<p class="soft">There are no components yet.</p>` : markup`<p class="soft">A bar is one of the last ${history.components[0]?.days.length ?? 90} days; today is the last.</p>${barMarks}`}${list(components.filter(({ groupId }) => groupId === null))}${groups.map((group) => markup`<div class="group"><h3>${group.name}</h3>${list(components.filter(({ groupId }) => groupId === group.id))}</div>`)}</section><section aria-labelledby="past"><h2 id="past">Past incidents</h2>${past.length === 0 ? markup`<p class="soft">None in the last ${history.components[0]?.days.length ?? 90} days.</p>` : past.map((one) => incidentCard(one, names))}</section></main><footer class="soft"><p>All times are UTC. <a href="/status.rss">RSS feed</a> · <a href="/status.json">JSON</a></p></footer></body></html>`.toString()
}

function componentItem({ name, description, state, uptime, groupId }: Shown, days: Days): Html {
  const heading = groupId === null ? markup`<h3>${name}</h3>` : markup`<h4>${name}</h4>`
  const measured = uptime === null ? 'Not measured' : markup`${percent(uptime)} uptime`
  return markup`<li>${heading}<b class=${stateClass[state]}>${stateWords[state]}</b><p>${description}${uptimeBars(days)}${measured}`
}

type Names = ReadonlyMap<string, string>

const known = (names: Names, ids: readonly string[]): string =>
  ids.flatMap((id) => names.get(id) ?? []).join(', ')

function incidentCard({ id, title, severity, affected, updates, startedAt }: Incident, names: Names): Html {
  const on = known(
    names,
    affected.map(({ componentId }) => componentId),
  )
  const newest = updates.toReversed().slice(0, mostUpdates)
  return markup`<article class="card" aria-labelledby="${id}"><h3 id="${id}">${title}</h3><p class="soft">${severityWords[severity]}, since ${time(startedAt)}${on !== '' && markup`, affects ${on}`}</p><ol reversed>${newest.map(({ state, message, createdAt }) => markup`<li><p class="said"><strong>${incidentWords[state]}</strong> ${short(message)}</p><p class="soft">${time(createdAt)}</p></li>`)}</ol></article>`
}

function maintenanceCard(
  { id, title, message, state, startsAt, endsAt, componentIds }: Maintenance,
  names: Names,
): Html {
  const on = known(names, componentIds)
  return markup`<article class="card" aria-labelledby="${id}"><div class="row"><h3 id="${id}">${title}</h3><b class="m">${maintenanceWords[state]}</b></div><p class="soft">${time(startsAt)} to ${time(endsAt)}${on !== '' && markup`, affects ${on}`}</p><p class="said">${short(message)}</p></article>`
}

const time = (at: string): Html => markup`<time datetime="${at}">${timeWords(at)}</time>`

const short = (message: string): string =>
  message.length <= longestMessage ? message : `${message.slice(0, longestMessage).toWellFormed()} …`
