import { type Html, markup } from '../../contract/html.ts'
import type { UptimeDay } from './status-data.ts'
import { dayWords, percent, stateClass, stateWords } from './status-words.ts'

// A page of 60 components is 30 KB at most, and the rest of a bad quarter stands in the JSON.
const mostNamedDays = 3

/** What {@link uptimeBars} puts on the days: once on every page that has bars. */
export const barMarks: Html = markup`<svg class="marks" aria-hidden="true">${['u', 'd', 'p', 'o', 'm', 'n'].map((mark) => markup`<marker id="${mark}" markerUnits="userSpaceOnUse" markerWidth="1" markerHeight="3"><rect class="${mark}" width="1" height="3"/></marker>`)}</svg>`

/**
 * One bar for each day. The commonest state colours all of it; for each other state there is a path that steps from day to day and has
 * a mark at each of its steps, which is two bytes a day. The style sheet cuts it all into bars.
 */
export function uptimeBars(days: readonly UptimeDay[]): Html {
  const marks = days.map(({ state }) => (state === null ? 'n' : stateClass[state]))
  const steps = Map.groupBy(marks.keys(), (at) => marks[at] ?? 'n')
  const [commonest, ...others] = [...steps].toSorted(([, one], [, other]) => other.length - one.length)
  const paths = others.map(
    ([mark, at]) =>
      markup`<path class=${mark} d="M0 0h${at.map((day, i) => day - (at[i - 1] ?? 0)).join(' ')}"/>`,
  )
  return markup`<svg class=${commonest?.[0] ?? 'n'} viewBox="0 0 ${days.length} 3" role=img aria-label="${describe(days)}">${paths}</svg>`
}

/** What the bars show, in words. */
function describe(days: readonly UptimeDay[]): string {
  const bad = days.filter(({ state }) => state !== null && state !== 'operational').toReversed()
  if (bad.length === 0) return 'No day with trouble'
  const told = bad.slice(0, mostNamedDays).map(({ day, ratio, state }) => {
    const share = ratio === null ? '' : `, ${percent(ratio)}`
    return `${dayWords(day)}: ${state === null ? '' : stateWords[state].toLowerCase()}${share}`
  })
  return [...told, ...(bad.length > told.length ? [`and ${bad.length - told.length} more days`] : [])].join(
    '; ',
  )
}
