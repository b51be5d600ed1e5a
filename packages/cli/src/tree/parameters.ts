import { type Profile, profiles } from '@corbel/core'

/** Parameters that several commands have. */
export const text = (input: string): string => input

export const switchFlag = (brief: string) =>
  ({ kind: 'boolean', brief, default: false, withNegated: false }) as const

export const profileFlag = {
  kind: 'enum',
  values: profiles satisfies readonly Profile[],
  brief: 'Check for this profile instead of the one that the settings name',
  optional: true,
} as const

/** A flag with a text that may be left out. */
export const option = (brief: string, placeholder: string) =>
  ({ kind: 'parsed', parse: text, brief, optional: true, placeholder }) as const

/** A flag with a text that must be there. */
export const needed = (brief: string, placeholder: string) =>
  ({ kind: 'parsed', parse: text, brief, placeholder }) as const

/** A flag that may be given several times. */
export const repeatable = (brief: string, placeholder: string) =>
  ({ kind: 'parsed', parse: text, brief, optional: true, variadic: true, placeholder }) as const

const wholeNumber =
  (max: number) =>
  (input: string): number => {
    const value = /^\d{1,9}$/.test(input) ? Number(input) : 0
    if (value < 1 || value > max) throw new RangeError(`It must be a whole number from 1 to ${max}.`)
    return value
  }

/** A flag with a whole number from 1 to `max`. */
export const count = (brief: string, standard: string, max: number) =>
  ({ kind: 'parsed', parse: wholeNumber(max), brief, default: standard, placeholder: 'number' }) as const

/** The same, which may be left out. */
export const optionalCount = (brief: string, max: number) =>
  ({ kind: 'parsed', parse: wholeNumber(max), brief, optional: true, placeholder: 'number' }) as const

/** One argument. */
export const word = (placeholder: string, brief: string) =>
  ({ kind: 'tuple', parameters: [{ placeholder, brief, parse: text }] }) as const

/** The page of a list that is asked for. */
export const pageFlags = {
  limit: count('Most entries to print', '50', 100),
  cursor: option('Go on where a list ended', 'cursor'),
} as const

export type PageFlags = { readonly limit: number; readonly cursor?: string }
