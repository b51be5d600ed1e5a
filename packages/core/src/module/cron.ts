const fields = [
  { name: 'minute', least: 0, most: 59 },
  { name: 'hour', least: 0, most: 23 },
  { name: 'day of the month', least: 1, most: 31 },
  { name: 'month', least: 1, most: 12 },
  { name: 'day of the week', least: 0, most: 7 },
] as const

interface Cron {
  readonly minutes: readonly number[]
  readonly hours: readonly number[]
  /** Whether the expression has this day, as midnight in UTC. */
  hasDay(day: Date): boolean
}

const dayMs = 86_400_000
// 29 February is at most 8 years away, over a century that is no leap year.
const mostDays = 8 * 366 + 1

/**
 * Reads five fields of `*`, numbers, ranges, lists and steps, such as `0,30 8-18/2 * * 1-5`. With both days given either will do, as
 * in cron(8).
 *
 * @throws Error when it is no such expression.
 */
export function parseCron(expression: string): Cron {
  const texts = expression.trim().split(/\s+/)
  if (texts.length !== fields.length) {
    throw new Error(`"${expression}" is not a cron expression: it needs 5 fields and has ${texts.length}.`)
  }
  const [minutes = [], hours = [], days = [], months = [], weekdays = []] = fields.map((field, index) =>
    valuesOf(texts[index] ?? '', field, expression),
  )
  const isAny = (index: number): boolean => texts[index]?.startsWith('*') === true
  return {
    minutes,
    hours,
    hasDay(day) {
      if (!months.includes(day.getUTCMonth() + 1)) return false
      const inMonth = days.includes(day.getUTCDate())
      const inWeek = weekdays.includes(day.getUTCDay()) || (day.getUTCDay() === 0 && weekdays.includes(7))
      return isAny(2) || isAny(4) ? inMonth && inWeek : inMonth || inWeek
    },
  }
}

function valuesOf(
  text: string,
  { name, least, most }: (typeof fields)[number],
  expression: string,
): readonly number[] {
  const values = new Set<number>()
  for (const part of text.split(',')) {
    const [, range = '', from, to, step] = /^(\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(part) ?? []
    const first = range === '*' ? least : Number(from)
    const last = range === '*' || (to === undefined && step !== undefined) ? most : Number(to ?? from)
    const by = step === undefined ? 1 : Number(step)
    if (range === '' || first < least || last > most || first > last || by < 1) {
      throw new Error(
        `"${expression}" is not a cron expression: "${part}" is no ${name}. Write numbers from ${least} to ${most}.`,
      )
    }
    for (let value = first; value <= last; value += by) values.add(value)
  }
  return [...values].toSorted((a, b) => a - b)
}

/**
 * The first time of the expression after `time`.
 *
 * @throws Error when there is none, as on 31 February.
 */
export function nextCron(expression: string, time: Date): Date {
  const { minutes, hours, hasDay } = parseCron(expression)
  const midnight = Math.floor(time.getTime() / dayMs) * dayMs
  for (let day = 0; day < mostDays; day++) {
    const start = midnight + day * dayMs
    if (!hasDay(new Date(start))) continue
    for (const hour of hours) {
      for (const minute of minutes) {
        const found = start + (hour * 60 + minute) * 60_000
        if (found > time.getTime()) return new Date(found)
      }
    }
  }
  throw new Error(`"${expression}" is a cron expression that no day fits.`)
}
