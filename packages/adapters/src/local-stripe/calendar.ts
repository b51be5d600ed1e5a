export const day = 86_400
export const hour = 3600

type Interval = string

/** `count` intervals after the anchor; a day that the month does not have is its last (31 January and a month: 28 February). */
export function after(anchor: number, interval: Interval, count: number): number {
  if (interval === 'day') return anchor + count * day
  if (interval === 'week') return anchor + count * 7 * day
  const from = new Date(anchor * 1000)
  const months = from.getUTCMonth() + (interval === 'year' ? 12 * count : count)
  const lastDay = new Date(Date.UTC(from.getUTCFullYear(), months + 1, 0)).getUTCDate()
  const to = new Date(from)
  to.setUTCFullYear(from.getUTCFullYear(), months, Math.min(from.getUTCDate(), lastDay))
  return to.getTime() / 1000
}

/** The first end of a period of this length after `moment`, counted from the anchor, so that months do not creep. */
export function periodEndAfter(anchor: number, interval: Interval, length: number, moment: number): number {
  for (let count = length; ; count += length) {
    const end = after(anchor, interval, count)
    if (end > moment) return end
  }
}
