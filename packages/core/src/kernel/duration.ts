const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

type Unit = keyof typeof units

/** A length of time as people write it: `'500ms'`, `'15m'`, `'30d'`. */
export type Duration = `${number}${Unit}`

const form = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/

/** @throws RangeError when the text is not a {@link Duration}. */
export function milliseconds(duration: Duration): number {
  const [, amount, unit] = form.exec(duration) ?? []
  if (amount === undefined)
    throw new RangeError(`"${duration}" is not a duration. Write a number and one of ms, s, m, h, d.`)
  return Number(amount) * units[unit as Unit]
}

/** Whole seconds, rounded up: a limit told to a client must never be too early. */
export const seconds = (duration: Duration): number => Math.ceil(milliseconds(duration) / 1000)

export const addMilliseconds = (date: Date, amount: number): Date => new Date(date.getTime() + amount)

export const after = (date: Date, duration: Duration): Date => addMilliseconds(date, milliseconds(duration))

export const before = (date: Date, duration: Duration): Date => addMilliseconds(date, -milliseconds(duration))
