import { type Html, markup } from '../../contract/html.ts'
import type { UptimeDay } from './status-data.ts'
import { dayWords, percent, stateWords } from './status-words.ts'

const classes = {
  operational: 'u',
  degraded: 'd',
  partial_outage: 'p',
  major_outage: 'o',
  maintenance: 'm',
  none: 'n',
} as const

// A page is 30 KB at most, and the rest of a bad quarter stands in the JSON.
const mostNamedDays = 3

/**
 * One bar for each day. Days of one state that follow each other are one stroke, which the style sheet cuts into bars: 90 days are
 * about 250 bytes.
 */
export function uptimeBars(name: string, uptime: number | null, days: readonly UptimeDay[]): Html {
  const strokes = new Map<string, string>()
  for (let from = 0; from < days.length;) {
    const state = days[from]?.state ?? 'none'
    let to = from + 1
    while (to < days.length && (days[to]?.state ?? 'none') === state) to++
    strokes.set(state, `${strokes.get(state) ?? ''}M${from} 1h${to - from}`)
    from = to
  }
  const paths = [...strokes].map(
    ([state, d]) => markup`<path class="${classes[state as keyof typeof classes]}" d="${d}"/>`,
  )
  return markup`<svg viewBox="0 0 ${days.length} 2" preserveAspectRatio="none" role="img" aria-label="${describe(name, uptime, days)}">${paths}</svg>`
}

/** What the bars show, in words. */
function describe(name: string, uptime: number | null, days: readonly UptimeDay[]): string {
  const bad = days.filter(({ state }) => state !== null && state !== 'operational').toReversed()
  const told = bad.slice(0, mostNamedDays).map(({ day, ratio, state }) => {
    const share = ratio === null ? '' : `, ${percent(ratio)}`
    return `${dayWords(day)}: ${state === null ? '' : stateWords[state].toLowerCase()}${share}`
  })
  const more = bad.length > told.length ? [`and ${bad.length - told.length} more days`] : []
  const all = uptime === null ? 'not measured' : `${percent(uptime)} uptime`
  const list = bad.length === 0 ? 'no day with trouble' : [...told, ...more].join('; ')
  return `${name}, the last ${days.length} days: ${all}; ${list}.`
}
