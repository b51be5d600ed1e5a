import * as z from 'zod'
import { parseCidr } from '../kernel/cidr.ts'
import { type Duration, milliseconds } from '../kernel/duration.ts'

/** A schema over the text of an environment variable. Its description completes the sentence "must be …". */
export type SettingType<T> = z.ZodType<T, string>

/** @param parse - Gives undefined when the text is not of this form. */
function settingType<T>(form: string, parse: (text: string) => T | undefined): SettingType<T> {
  return z
    .string()
    .transform((text, context) => {
      const value = parse(text)
      if (value !== undefined) return value
      context.issues.push({ code: 'custom', message: `must be ${form}`, input: undefined })
      return z.NEVER
    })
    .describe(form)
}

const flags: Readonly<Record<string, boolean>> = {
  true: true,
  false: false,
  1: true,
  0: false,
  yes: true,
  no: false,
}

export const flag = (): SettingType<boolean> =>
  settingType('true or false', (text) => {
    const key = text.toLowerCase()
    return Object.hasOwn(flags, key) ? flags[key] : undefined
  })

export interface IntegerRange {
  readonly min?: number
  readonly max?: number
}

export function integer({ min = 0, max = Number.MAX_SAFE_INTEGER }: IntegerRange = {}): SettingType<number> {
  const range = max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `from ${min} to ${max}`
  return settingType(`a whole number ${range}`, (text) => {
    if (!/^-?\d{1,16}$/.test(text)) return undefined
    const value = Number(text)
    return value >= min && value <= max ? value : undefined
  })
}

/** Text on one line. */
export const line = (max = 200): SettingType<string> =>
  settingType(`text on one line, at most ${max} characters`, (text) =>
    text.length <= max && !/[\p{Cc}\u2028\u2029]/u.test(text) ? text : undefined,
  )

/** Text as it is, such as a key; what the loader trims is only white space around it. */
export const opaque = (form = 'text'): SettingType<string> => settingType(form, (text) => text)

export const choice = <const T extends string>(options: readonly T[]): SettingType<T> =>
  settingType(options.length === 1 ? `${options[0]}` : `one of ${options.join(', ')}`, (text) =>
    options.find((option) => option === text.toLowerCase()),
  )

/** Items separated by commas; empty items and repetitions are dropped. */
export const list = (): SettingType<readonly string[]> =>
  settingType('a list separated by commas', (text) => items(text))

/** A list in which every item has a form of its own. */
export function listOf<T>(form: string, parse: (item: string) => T | undefined): SettingType<readonly T[]> {
  return settingType(`a list of ${form}, separated by commas`, (text) => {
    const values = items(text).map(parse)
    const known = values.filter((value) => value !== undefined)
    return known.length === values.length ? known : undefined
  })
}

const items = (text: string): string[] => [
  ...new Set(
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  ),
]

/** For {@link listOf}: scheme, host and port, as a browser sends it in `Origin`. */
export function origin(item: string): string | undefined {
  const parsed = URL.parse(item)
  return parsed !== null &&
    /^https?:$/.test(parsed.protocol) &&
    parsed.origin === item.replace(/\/$/, '').toLowerCase()
    ? parsed.origin
    : undefined
}

/** For {@link listOf}: an IP address, or a network in CIDR notation. */
export function network(item: string): string | undefined {
  try {
    parseCidr(item)
    return item
  } catch {
    return undefined
  }
}

/** An absolute URL without a trailing slash. @param protocols - Such as `https:`. */
export const url = (protocols: readonly string[] = ['http:', 'https:']): SettingType<string> =>
  settingType(
    `a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
    (text) => {
      const parsed = URL.parse(text)
      return parsed !== null && protocols.includes(parsed.protocol) ? text.replace(/\/+$/, '') : undefined
    },
  )

export const duration = (): SettingType<Duration> =>
  settingType('a duration such as 500ms, 30s, 15m, 12h or 7d', (text) => {
    try {
      milliseconds(text as Duration)
      return text as Duration
    } catch {
      return undefined
    }
  })

/** A map of texts: `a=1,b=2`, or a JSON object whose values are strings. */
export const jsonOrPairs = (): SettingType<Readonly<Record<string, string>>> =>
  settingType('pairs like a=1,b=2 or a JSON object of strings', (text) =>
    text.startsWith('{') ? fromJson(text) : fromPairs(text),
  )

function fromJson(text: string): Record<string, string> | undefined {
  try {
    return checked(Object.entries(JSON.parse(text) as Record<string, unknown>))
  } catch {
    return undefined
  }
}

const fromPairs = (text: string): Record<string, string> | undefined =>
  checked(
    items(text).map((item) => {
      const at = item.indexOf('=')
      return at < 1 ? ['', ''] : [item.slice(0, at).trim(), item.slice(at + 1).trim()]
    }),
  )

function checked(
  entries: readonly (readonly [string, unknown] | readonly unknown[])[],
): Record<string, string> | undefined {
  const names = new Set(entries.map(([name]) => name))
  const fine =
    names.size === entries.length &&
    entries.every(
      ([name, value]) => name !== '' && name !== '__proto__' && typeof value === 'string' && value !== '',
    )
  return fine ? (Object.fromEntries(entries as [string, string][]) as Record<string, string>) : undefined
}
